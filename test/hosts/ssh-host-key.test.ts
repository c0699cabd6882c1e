import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../lib/ssh/connect';
import type { SshSettings } from '../../lib/ssh/connection';
import { refusalOf } from './fixtures/refusal';
import {
  generateKey,
  readPublicKey,
  startSshServer,
  type KeyName,
  type SshServer,
} from './fixtures/ssh-server';

let server: SshServer;
let file: string;
/** As known_hosts calls the server. */
let host: string;
/** A key of the same type that the server does not have. */
let otherKey: string;

beforeAll(async () => {
  server = await startSshServer({ hostKeys: ['rsa', 'ecdsa', 'ed25519'] });
  file = join(server.folder, 'known_hosts');
  host = `[127.0.0.1]:${server.settings.port}`;
  generateKey(join(server.folder, 'other'));
  otherKey = readPublicKey(join(server.folder, 'other'));
});

afterAll(async () => {
  await server.stop();
});

/** The server's settings without its pinned key, after known_hosts was written. */
function knowing(...lines: readonly string[]): SshSettings {
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  const { address, port, user } = server.settings;
  return { address, port, user, privateKeyPath: server.clientKeyPath, knownHostsPath: file };
}

async function isLetThrough(settings: SshSettings): Promise<void> {
  const connection = await connect(settings, server.environment);
  connection.close();
}

function fingerprint(key: KeyName): string {
  const path = join(server.folder, `host_${key}.pub`);
  return execFileSync('ssh-keygen', ['-lf', path], { encoding: 'utf8' }).split(' ')[1] ?? '';
}

test.each(['ed25519', 'ecdsa', 'rsa'] as const)(
  'a host with three keys that is known by its %s key alone is asked for that one',
  async (key) => {
    await isLetThrough(knowing(`${host} ${server.hostKey(key)}`));
  },
);

test.each([
  ['with its port', () => [`${host} ${server.hostKey()}`]],
  ['by its plain address', () => [`127.0.0.1 ${server.hostKey()}`]],
  ['by a pattern', () => [`[127.0.0.?]:* ${server.hostKey()}`]],
  ['by the second of two lines', () => [`${host} ${otherKey}`, `${host} ${server.hostKey('ed25519')}`]],
] as const)('a host is known %s', async (_name, lines) => {
  await isLetThrough(knowing(...lines()));
});

test('a host is known by a line that ssh-keygen has hashed', async () => {
  const settings = knowing(`${host} ${server.hostKey()}`);
  execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
  expect(execFileSync('cut', ['-c', '1-3', file], { encoding: 'utf8' })).toBe('|1|\n');
  await isLetThrough(settings);
});

test('a host is known by what ssh-keyscan writes', async () => {
  const settings = knowing();
  const scan = execFileSync('ssh-keyscan', ['-p', `${settings.port}`, '127.0.0.1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  writeFileSync(file, scan);
  await isLetThrough(settings);
});

test('the host-wide known_hosts file counts beside the one in the home folder', async () => {
  const { address, port, user } = server.settings;
  writeFileSync(server.environment.systemKnownHostsPath, `${host} ${server.hostKey()}\n`);
  const settings = { address, port, user, privateKeyPath: server.clientKeyPath };
  await isLetThrough(settings);
  writeFileSync(server.environment.systemKnownHostsPath, '');
  expect((await refusalOf(connect(settings, server.environment))).code).toBe('host-key-unknown');
});

test('an unknown host is refused with its fingerprint and the way to learn its key', async () => {
  const settings = knowing(`other.example ${otherKey}`);
  const refusal = await refusalOf(connect(settings, server.environment));
  expect(refusal).toMatchObject({
    code: 'host-key-unknown',
    message: [
      `the key of root@127.0.0.1:${settings.port} is not known`,
      `shown: ssh-ed25519 ${fingerprint('ed25519')}`,
      `looked for: ${host} in ${file}`,
    ].join('\n'),
  });
  expect(refusal.fix).toContain(`ssh-keyscan -p ${settings.port} '127.0.0.1' >> '${file}'`);
});

test('a host with another key than the known one is refused with file, line and the way out', async () => {
  const settings = knowing('# comment', `${host} ${otherKey}`);
  const refusal = await refusalOf(connect(settings, server.environment));
  expect(refusal.code).toBe('host-key-changed');
  expect(refusal.message).toContain(`shown: ssh-ed25519 ${fingerprint('ed25519')}`);
  expect(refusal.message).toMatch(new RegExp(`known: ssh-ed25519 SHA256:\\S+ in ${file}:2$`));
  expect(refusal.fix).toContain(`ssh-keygen -R '${host}' -f '${file}'`);
});

test('a revoked key is refused also where another line knows it', async () => {
  const settings = knowing(`${host} ${server.hostKey('rsa')}`, `@revoked * ${server.hostKey('rsa')}`);
  const refusal = await refusalOf(connect(settings, server.environment));
  expect(refusal.code).toBe('host-key-revoked');
  expect(refusal.message).toContain(`in ${file}:2`);
});

test('a pinned key decides alone', async () => {
  const settings = knowing(`${host} ${otherKey}`);
  await isLetThrough({ ...settings, hostKey: server.hostKey('ecdsa') });
  const known = knowing(`${host} ${server.hostKey()}`);
  const refusal = await refusalOf(connect({ ...known, hostKey: otherKey }, server.environment));
  expect(refusal.code).toBe('host-key-changed');
  expect(refusal.message).toContain('does not have the key that host_key names');
});

test('nothing is sent to a host whose key is refused', async () => {
  const settings = { ...knowing(), user: 'root', password: 'secret' };
  const refusal = await refusalOf(connect(settings, server.environment));
  expect(refusal.message).not.toContain('tried');
  expect(refusal.step).toBe('connect');
});
