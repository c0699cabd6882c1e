// Hosts by IPv6 addresses, also by those that mean something on one link only: from a machine in their network, and through a bastion.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { SshSettings } from '../../lib/ssh/connection';
import { labForFile } from '../e2e/fixtures/lab-for-file';

const scene = labForFile({
  hosts: {
    operator: { kind: 'namespace', links: { eth0: { network: 'lan', addresses: ['2001:db8::1/64'] } } },
    gw: { kind: 'namespace', links: { eth0: { network: 'lan', addresses: ['2001:db8::2/64'] } } },
  },
});
const SCRIPT = join(import.meta.dirname, 'fixtures', 'run-over-ssh.ts');

/** Of the gateway's eth0. */
let linkLocal = '';

beforeAll(async () => {
  const { stdout } = await scene.lab.exec('gw', [
    'ip',
    '-6',
    '-o',
    'address',
    'show',
    'dev',
    'eth0',
    'scope',
    'link',
  ]);
  linkLocal = /inet6 (fe80\S*)\/64/.exec(stdout)?.[1] ?? '';
});

function settingsFor(address: string): SshSettings {
  const host = scene.lab.host('gw');
  if (host.kind === 'bare') throw new Error('gw has SSH');
  const { privateKeyPath, hostKey } = host;
  // A lab host has a /tmp of its own.
  const privateKey = readFileSync(privateKeyPath, 'utf8');
  return { address, port: 22, user: 'root', privateKey, hostKey, agent: false };
}

/** As somebody would whose machine is the lab's host `operator`. */
async function fromOperator(settings: SshSettings): Promise<unknown> {
  const argv = ['env', '-C', import.meta.dirname, process.execPath, '--import', 'tsx', SCRIPT];
  const { stdout, stderr } = await scene.lab.exec('operator', argv, {
    stdin: JSON.stringify(settings),
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

const ADDRESSES: readonly (readonly [what: string, address: () => string, from: RegExp])[] = [
  ['an address', () => '2001:db8::2', /^2001:db8::1 \d+ 2001:db8::2 22\n$/],
  ['the same, written long', () => '2001:DB8:0:0::0002', /^2001:db8::1 \d+ 2001:db8::2 22\n$/],
  [
    'an address of the link, with its zone',
    () => `${linkLocal}%eth0`,
    /^fe80:\S+%eth0 \d+ fe80:\S+%eth0 22\n$/,
  ],
];

test.each(ADDRESSES)('%s', async (_what, address, from) => {
  expect(await fromOperator(settingsFor(address()))).toEqual({
    name: `root@[${address()}]:22`,
    stdout: expect.stringMatching(from) as string,
  });
});

test.each(ADDRESSES)('%s, behind a bastion that has the link', async (_what, address, from) => {
  const bastion = scene.lab.host('operator');
  if (bastion.kind === 'bare') throw new Error('operator has SSH');
  const { hostKey } = bastion;
  const through = { address: '127.0.0.1', port: 22, user: 'root', hostKey };
  expect(await fromOperator({ ...settingsFor(address()), bastion: through })).toEqual({
    name: `root@[${address()}]:22`,
    stdout: expect.stringMatching(from) as string,
  });
});

test('a zone that is not there is told with the address', async () => {
  expect(await fromOperator(settingsFor(`${linkLocal}%eth9`))).toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining(`root@[${linkLocal}%eth9]:22 cannot be reached`) as string,
  });
});

test('the way to learn an unknown key is a command that can be pasted', async () => {
  const { address, port, user } = settingsFor(`${linkLocal}%eth0`);
  expect(await fromOperator({ address, port, user, password: 'never sent' })).toMatchObject({
    code: 'host-key-unknown',
    fix: expect.stringContaining(`ssh-keyscan -p 22 '${linkLocal}%eth0' >> `) as string,
  });
});
