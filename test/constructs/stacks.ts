// Stacks to declare things in, and what synthesis writes of them; used by the tests of constructs.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, TerraformStack } from 'cdktf';
import { onTestFinished } from 'vitest';
import type { HostProps } from '../../lib/index';
import { Host, InvalidInput } from '../../lib/index';

/** A stack of an app whose output folder goes when the test is over. */
export function newStack(id = 'lab'): TerraformStack {
  return new TerraformStack(newApp(), id);
}

export function newApp(): App {
  const outdir = mkdtempSync(join(tmpdir(), 'gatewright-synth-'));
  onTestFinished(() => {
    rmSync(outdir, { recursive: true });
  });
  return new App({ outdir, skipValidation: true });
}

export function newHost(stack = newStack(), props: Partial<HostProps> = {}): Host {
  return new Host(stack, 'cloudos1', { address: '192.0.2.6', ...props });
}

/** Synthesises the stack's app; gives what lies in the stack's folder. */
export function synthesize(stack: TerraformStack): SynthesizedStack {
  const app = App.of(stack);
  app.synth();
  const folder = join(app.outdir, 'stacks', stack.node.id);
  const read = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'));
  return {
    folder,
    configuration: read('cdk.tf.json'),
    read,
    parts: (host) => toRecord(read(`assets/${host}/parts.json`)),
  };
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

export interface SynthesizedStack {
  readonly folder: string;
  /** cdk.tf.json. */
  readonly configuration: unknown;
  /** Any JSON file in the folder. */
  readonly read: (path: string) => unknown;
  /** The known parts of a host, by name. */
  readonly parts: (host: string) => Readonly<Record<string, unknown>>;
}

/** The text of the error that `declare` ends with. */
export function refusal(declare: () => unknown): string {
  try {
    declare();
  } catch (error) {
    if (error instanceof InvalidInput) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** Lines as an error prints them. */
export function lines(...text: readonly string[]): string {
  return text.join('\n');
}
