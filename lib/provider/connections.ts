// One SSH connection per host and provider process, opened when first needed and shared by everything that works there.
import type { SshConnection, SshSettings } from '../ssh/connection';

/** Rejects with `SshError`, or with the signal's reason where that comes before the connection is there. */
export type Connect = (settings: SshSettings, signal: AbortSignal) => Promise<SshConnection>;

/** Two settings that differ in anything, the user or a timeout, are two connections. */
export class Connections {
  private readonly open = new Map<string, Promise<SshConnection>>();
  private readonly fresh = new Set<Promise<SshConnection>>();
  private opening = new AbortController();

  constructor(private readonly connect: Connect) {}

  /** The connection for these settings. One that failed or was lost is forgotten, so that the next call tries anew. */
  async to(settings: SshSettings): Promise<SshConnection> {
    const key = JSON.stringify(Object.entries(settings).sort());
    const known = this.open.get(key);
    if (known === undefined) return this.openAnew(key, settings);
    const connection = await known;
    if (connection.isOpen) return connection;
    if (this.open.get(key) === known) this.open.delete(key);
    return this.to(settings);
  }

  /** One of its own for whoever asks, and closes it: a new TCP connection and key exchange, also to the bastion. */
  async openFresh(settings: SshSettings): Promise<SshConnection> {
    const connection = this.connect(settings, this.opening.signal);
    this.fresh.add(connection);
    const forget = (): boolean => this.fresh.delete(connection);
    connection.catch(forget);
    const opened = await connection;
    return {
      name: opened.name,
      get isOpen() {
        return opened.isOpen;
      },
      start: (program) => opened.start(program),
      forward: (...target) => opened.forward(...target),
      close: () => {
        forget();
        opened.close();
      },
    };
  }

  /** What is still being opened is given up. */
  close(): void {
    this.opening.abort();
    this.opening = new AbortController();
    for (const connection of [...this.open.values(), ...this.fresh]) {
      connection.then(
        (opened) => {
          opened.close();
        },
        () => undefined,
      );
    }
    this.open.clear();
    this.fresh.clear();
  }

  private openAnew(key: string, settings: SshSettings): Promise<SshConnection> {
    const connection = this.connect(settings, this.opening.signal);
    this.open.set(key, connection);
    connection.catch(() => {
      if (this.open.get(key) === connection) this.open.delete(key);
    });
    return connection;
  }
}
