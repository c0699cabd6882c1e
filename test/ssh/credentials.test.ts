import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCredentials, type CredentialSettings } from '../../lib/ssh/credentials';
import type { SshEnvironment } from '../../lib/ssh/environment';
import { parsePrivateKey } from '../../lib/ssh/private-key';

let folder: string;
/** A home folder without keys, and one with a plain, an encrypted and a damaged key. */
let bare: SshEnvironment;
let full: SshEnvironment;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatewright-keys-'));
  generate('plain', '');
  generate('locked', 'a passphrase');
  mkdirSync(join(folder, '.ssh'));
  copyFileSync(join(folder, 'plain'), join(folder, '.ssh', 'id_ed25519'));
  copyFileSync(join(folder, 'locked'), join(folder, '.ssh', 'id_ecdsa'));
  writeFileSync(join(folder, '.ssh', 'id_rsa'), 'no key');
  full = { homeFolder: folder, systemKnownHostsPath: '/nonexistent' };
  bare = { ...full, homeFolder: join(folder, 'nobody') };
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function generate(name: string, passphrase: string, ...more: readonly string[]): void {
  const path = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', path, ...more]);
}

const AGENT = '/run/agent';

describe('what is tried, in which order', () => {
  test('the certificate beside a key is named as left out, and calls for no agent', async () => {
    const keyPath = join(folder, 'certified');
    copyFileSync(join(folder, 'plain'), keyPath);
    writeFileSync(`${keyPath}-cert.pub`, 'ssh-ed25519-cert-v01@openssh.com AAAA');
    const settings = { name: 'root@gw:22', privateKeyPath: keyPath };
    const { tries, skipped } = await readCredentials(settings, { ...bare, agentSocket: AGENT });
    expect(tries.map(({ label }) => label)).toEqual([`key ${keyPath}`]);
    expect(skipped).toEqual([`certificate ${keyPath}-cert.pub (user certificates are not supported)`]);
  });

  test.each<[string, (folder: string) => Partial<CredentialSettings>, string | undefined, string[]]>([
    [
      'nothing given: the agent, then the keys in ~/.ssh',
      () => ({}),
      AGENT,
      ['agent /run/agent', 'key ~/.ssh/id_ed25519'],
    ],
    ['nothing given, no agent running', () => ({}), undefined, ['key ~/.ssh/id_ed25519']],
    ['no agent wanted', () => ({ agent: false }), AGENT, ['key ~/.ssh/id_ed25519']],
    ['another agent', () => ({ agent: '/run/other' }), AGENT, ['agent /run/other', 'key ~/.ssh/id_ed25519']],
    ['a key', () => ({ privateKeyPath: '~/plain' }), AGENT, ['key ~/plain']],
    [
      'the text of a key',
      (at) => ({ privateKey: readFileSync(join(at, 'plain'), 'utf8') }),
      AGENT,
      ['private_key'],
    ],
    ['a password', () => ({ password: 'x' }), AGENT, ['password']],
    [
      'key, agent and password',
      () => ({ privateKeyPath: '~/plain', agent: AGENT, password: 'x' }),
      undefined,
      ['key ~/plain', 'agent /run/agent', 'password'],
    ],
    [
      'an encrypted key, left to the agent',
      () => ({ privateKeyPath: '~/locked' }),
      AGENT,
      ['agent /run/agent'],
    ],
    [
      'an encrypted key and a password',
      () => ({ privateKeyPath: '~/locked', password: 'x' }),
      undefined,
      ['password'],
    ],
  ])('%s', async (_name, settings, agentSocket, expected) => {
    const environment = { ...full, ...(agentSocket === undefined ? {} : { agentSocket }) };
    const { tries } = await readCredentials({ name: 'root@gw:22', ...settings(folder) }, environment);
    expect(tries.map(({ label }) => label.replace(folder, '~'))).toEqual(expected);
  });

  test('keys in ~/.ssh that cannot be used are named', async () => {
    const { skipped } = await readCredentials({ name: 'root@gw:22' }, full);
    expect(skipped.map((label) => label.replace(folder, '~'))).toEqual([
      'key ~/.ssh/id_ecdsa (encrypted)',
      'key ~/.ssh/id_rsa (no private key that is understood)',
    ]);
  });
});

describe('what cannot be tried', () => {
  test.each<[string, Partial<CredentialSettings>, string, RegExp]>([
    [
      'nothing at all',
      {},
      'authentication-failed',
      /^there is nothing to log in with: no key, no agent, no password$/,
    ],
    [
      'an encrypted key without agent',
      { privateKeyPath: 'LOCKED' },
      'key-unreadable',
      /locked \(encrypted\): an encrypted key needs an agent/,
    ],
    [
      'a key file that does not exist',
      { privateKeyPath: '/nonexistent/key' },
      'key-unreadable',
      /^key \/nonexistent\/key does not exist$/,
    ],
    ['a folder', { privateKeyPath: '/' }, 'key-unreadable', /is of no use: cannot be read \(EISDIR\)$/],
    [
      'a public key',
      { privateKeyPath: 'PUBLIC' },
      'key-unreadable',
      /is of no use: a public key, not a private one$/,
    ],
    [
      'text that is no key',
      { privateKey: 'my secret' },
      'key-unreadable',
      /^private_key is of no use: no private key that is understood$/,
    ],
  ])('%s is an error before the host is asked', async (_name, settings, code, message) => {
    const paths: Record<string, string> = {
      LOCKED: join(folder, 'locked'),
      PUBLIC: join(folder, 'plain.pub'),
    };
    const path = settings.privateKeyPath;
    const real = path === undefined ? settings : { ...settings, privateKeyPath: paths[path] ?? path };
    const attempt = readCredentials({ name: 'root@gw:22', ...real }, bare);
    await expect(attempt).rejects.toMatchObject({ code, host: 'root@gw:22', step: 'settings' });
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.not.toThrow(/my secret/);
  });
});

describe('encryption is seen in every format', () => {
  test.each([
    ['OpenSSH', '', [], 'usable'],
    ['OpenSSH', 'a passphrase', [], 'encrypted'],
    ['PEM', '', ['-t', 'ecdsa', '-m', 'PEM'], 'usable'],
    ['PEM', 'a passphrase', ['-t', 'ecdsa', '-m', 'PEM'], 'encrypted'],
    ['PKCS8', 'a passphrase', ['-t', 'ecdsa', '-m', 'PKCS8'], 'encrypted'],
    ['PKCS8', '', ['-t', 'ecdsa', '-m', 'PKCS8'], 'unreadable'],
  ])('%s with passphrase "%s"', (format, passphrase, more, kind) => {
    const name = `format-${format}-${passphrase.length}`;
    generate(name, passphrase, ...more);
    expect(parsePrivateKey(readFileSync(join(folder, name), 'utf8')).kind).toBe(kind);
  });
});
