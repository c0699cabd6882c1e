// Subsystem ip of the host in memory: interprets a step's lines as the host's tool would.
import type { FakeSubsystem } from './fake-subsystem';

export class FakeIp implements FakeSubsystem {
  read(): string {
    return '';
  }

  run(text: string): void {
    if (text !== '') throw new Error('not built yet');
  }

  undo(text: string): void {
    this.run(text);
  }

  fingerprints(): readonly string[] {
    return [];
  }

  fresh(): FakeSubsystem {
    return new FakeIp();
  }

  save(): string {
    return '';
  }
}
