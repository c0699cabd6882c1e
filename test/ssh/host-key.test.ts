import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SshEnvironment } from '../../lib/ssh/environment';
import { SshError } from '../../lib/ssh/errors';
import { parseHostKey, readHostKeyPolicy } from '../../lib/ssh/host-key';

// Made once by ssh-keygen; nobody has the private keys.
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFnbN3Yf6PqLWwIifnhI9Vyc4T7Hiq3L2OVZC+A4xFdF';
const FINGERPRINT = 'SHA256:a7U4dgXSkz+52Dq+rYRitTTTtFfJLUeeh79CbrHRBgY';
const OTHER = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPpK2Gg9U2g9Qpp7FLNfEpG7IyYXYU47o8QlwRbyrfhW';
const OTHER_FINGERPRINT = 'SHA256:NEtZ8Nd4hMh3wdryLANUU0817WFDHKG9SALMxse2/fA';

let environment: SshEnvironment;

beforeAll(() => {
  const homeFolder = mkdtempSync(join(tmpdir(), 'gatewright-known-'));
  environment = { homeFolder, systemKnownHostsPath: join(homeFolder, 'ssh_known_hosts') };
});

afterAll(() => {
  rmSync(environment.homeFolder, { recursive: true });
});

const HOST = { name: 'root@gw:2222', address: 'gw', port: 2222 };

function bytes(key: string): Buffer {
  return Buffer.from(key.split(' ')[1] ?? '', 'base64');
}

async function refusalOf(
  knownHosts: string,
  changes: { bastionName?: string } = {},
): Promise<SshError | undefined> {
  writeFileSync(join(environment.homeFolder, 'known'), knownHosts);
  const policy = await readHostKeyPolicy({ ...HOST, knownHostsPath: '~/known', ...changes }, environment);
  return policy.refuse(bytes(KEY));
}

test('a known key is not refused', async () => {
  expect(await refusalOf(`[gw]:2222 ${KEY}\n`)).toBeUndefined();
});

test('the refusal of an unknown key says what to compare and what to run', async () => {
  const file = join(environment.homeFolder, 'known');
  const refusal = await refusalOf('');
  expect(refusal).toMatchObject({ code: 'host-key-unknown', host: 'root@gw:2222', step: 'connect' });
  expect(refusal?.message).toBe(
    [
      'the key of root@gw:2222 is not known',
      `shown: ssh-ed25519 ${FINGERPRINT}`,
      `looked for: [gw]:2222 in ${file}`,
    ].join('\n'),
  );
  expect(refusal?.fix).toBe(
    [
      'compare the fingerprint with the one on the host itself (its console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then:',
      `ssh-keyscan -p 2222 'gw' >> '${file}'`,
      'or set host_key',
    ].join('\n'),
  );
});

test('the refusal of a changed key says which line disagrees and how to remove it', async () => {
  const file = join(environment.homeFolder, 'known');
  const refusal = await refusalOf(`# mine\n[gw]:2222 ${OTHER}\n`);
  expect(refusal?.code).toBe('host-key-changed');
  expect(refusal?.message).toBe(
    [
      'the key of root@gw:2222 has changed: the host was reinstalled, or this is another host in its place',
      `shown: ssh-ed25519 ${FINGERPRINT}`,
      `known: ssh-ed25519 ${OTHER_FINGERPRINT} in ${file}:2`,
    ].join('\n'),
  );
  expect(refusal?.fix).toContain(`ssh-keygen -R '[gw]:2222' -f '${file}'`);
});

test('the refusal of a revoked key says where it is revoked', async () => {
  const refusal = await refusalOf(`@revoked * ${KEY}\n`);
  expect(refusal?.code).toBe('host-key-revoked');
  expect(refusal?.message).toContain(
    `revoked: ssh-ed25519 ${FINGERPRINT} in ${join(environment.homeFolder, 'known')}:1`,
  );
});

test('where only a certificate authority is trusted, the refusal says that this does not help', async () => {
  const refusal = await refusalOf(`@cert-authority * ${OTHER}\n`);
  expect(refusal?.code).toBe('host-key-unknown');
  expect(refusal?.message).toContain(
    'known:1 trusts a certificate authority for it: host certificates are not supported, its plain key is needed',
  );
});

test('a host behind a bastion is scanned from there', async () => {
  const refusal = await refusalOf('', { bastionName: 'jump@bastion:22' });
  expect(refusal?.fix).toContain(`ssh 'ssh://jump@bastion:22' "ssh-keyscan -p 2222 'gw'" >> '`);
});

test('files that do not exist know nobody, and a folder in place of one is an error', async () => {
  const policy = await readHostKeyPolicy(HOST, environment);
  const { homeFolder, systemKnownHostsPath } = environment;
  expect(policy.refuse(bytes(KEY))?.message).toContain(
    `looked for: [gw]:2222 in ${join(homeFolder, '.ssh', 'known_hosts')}, ${systemKnownHostsPath}`,
  );
  const unreadable = readHostKeyPolicy({ ...HOST, knownHostsPath: homeFolder }, environment);
  await expect(unreadable).rejects.toThrow(`known_hosts file ${homeFolder} cannot be read`);
});

test('a pinned key decides alone, and its type is asked for first', async () => {
  const policy = await readHostKeyPolicy(
    { ...HOST, hostKey: `${KEY} root@gw`, knownHostsPath: '/nonexistent' },
    environment,
  );
  expect(policy.algorithms[0]).toBe('ssh-ed25519');
  expect(policy.refuse(bytes(KEY))).toBeUndefined();
  const refusal = policy.refuse(bytes(OTHER));
  expect(refusal?.code).toBe('host-key-changed');
  expect(refusal?.message).toBe(
    [
      'root@gw:2222 does not have the key that host_key names',
      `shown: ssh-ed25519 ${OTHER_FINGERPRINT}`,
      `host_key: ssh-ed25519 ${FINGERPRINT}`,
    ].join('\n'),
  );
});

test.each([
  [
    'a whole known_hosts line',
    `[gw]:2222 ${KEY}`,
    /host_key is a whole known_hosts line; .* 'ssh-ed25519 AAAA…'/,
  ],
  ['a key type alone', 'ssh-ed25519', /host_key must be a key type and its base64/],
  ['a type that is not accepted', 'ssh-dss AAAAB3NzaC1kc3M=', /types: ssh-ed25519, ecdsa-sha2-nistp256/],
  ['a fingerprint', FINGERPRINT, /host_key must be a key type/],
  ['two keys', `${KEY}\n${OTHER}`, /host_key must be a key type/],
  ['base64 of another type', KEY.replace('ssh-ed25519', 'ssh-rsa'), /host_key must be a key type/],
  ['nothing', '', /host_key must be a key type/],
])('%s is no host_key', (_name, text, message) => {
  expect(() => parseHostKey(text, 'root@gw:22')).toThrow(message);
  expect(() => parseHostKey(text, 'root@gw:22')).toThrow(SshError);
});
