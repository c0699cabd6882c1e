// Launches an installed provider as Terraform does, up to its handshake, and ends it. Used by bench.ts and test/hosts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { makeCertificate } from '../../lib/provider/protocol/certificate';

/** Public and the same for every provider of Terraform. */
const COOKIE = 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2';

/** The launcher in a folder that `installProvider` wrote into. */
export function launcherIn(folder: string): string {
  const plugins = join(folder, 'terraform.d', 'plugins', 'registry.terraform.io');
  const found = readdirSync(plugins, { recursive: true, encoding: 'utf8' }).find((path) =>
    /terraform-provider-gatewright_v[^/]*$/.test(path),
  );
  if (found === undefined) throw new Error(`no provider is installed in ${folder}`);
  return join(plugins, found);
}

/** What Terraform sets for a provider that it starts. */
export function launchEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    TF_PLUGIN_MAGIC_COOKIE: COOKIE,
    PLUGIN_PROTOCOL_VERSIONS: '6',
    PLUGIN_CLIENT_CERT: makeCertificate(new Date()).pem,
  };
}

/** The times of one provider, launched again and again. */
export class Launches {
  /** Milliseconds that the certificate of each launch took, as the provider names them. */
  readonly certificates: number[] = [];
  private readonly environment = { ...launchEnvironment(), GATEWRIGHT_TRACE: '1' };

  constructor(private readonly launcher: string) {}

  /** Resolves at the handshake; the process is ended afterwards. */
  async untilHandshake(): Promise<void> {
    const child = spawn(this.launcher, { env: this.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'close');
    let trace = '';
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (trace += piece));
    const line = await firstPieceOf(child.stdout);
    if (!line.startsWith('1|6|unix|')) throw new Error(`no handshake: ${line}\n${trace}`);
    queueMicrotask(() => child.kill('SIGTERM'));
    void ended.then(() => {
      const cost = /certificate ([\d.]+)/.exec(trace)?.[1];
      if (cost !== undefined) this.certificates.push(Number(cost));
    });
  }
}

/** A handshake is short enough to come in one; nothing where the stream ends before. */
export function firstPieceOf(stream: Readable): Promise<string> {
  return new Promise((resolve) => {
    stream.once('data', (piece: Buffer) => {
      resolve(piece.toString());
    });
    stream.once('end', () => {
      resolve('');
    });
  });
}
