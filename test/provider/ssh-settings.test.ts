// How a host's attributes, the provider's settings and the environment become SSH settings.
import { expect, test } from 'vitest';
import { type Block, bastionBlock, hostBlock, settingsBlock } from './blocks';
import { host } from '../../lib/provider/schema/host';
import { settings } from '../../lib/provider/schema/settings';
import { reachOf, secretsFrom } from '../../lib/provider/ssh-settings';
import { UNKNOWN_MARK } from '../../lib/provider/protocol/wire-type';

const DEFAULTS = { address: '192.0.2.1', port: 22, user: 'root' };

test.each([
  ['defaults where nothing is said', {}, {}, DEFAULTS],
  [
    "the provider's settings",
    {},
    { user: 'admin', port: 2222, sudo: true },
    { ...DEFAULTS, user: 'admin', port: 2222, sudo: true },
  ],
  [
    "the host's own, which win",
    { user: 'ops', port: 22, sudo: false, host_key: 'ssh-ed25519 AAAA' },
    { user: 'admin', port: 2222, sudo: true },
    { ...DEFAULTS, user: 'ops', sudo: false, hostKey: 'ssh-ed25519 AAAA' },
  ],
  [
    'what only the provider can say',
    {},
    {
      private_key_path: 'k',
      private_key: 'K',
      password: 'p',
      sudo_password: 's',
      known_hosts_path: 'h',
      connect_timeout_seconds: 5,
    },
    {
      ...DEFAULTS,
      privateKeyPath: 'k',
      privateKey: 'K',
      password: 'p',
      sudoPassword: 's',
      knownHostsPath: 'h',
      connectTimeoutSeconds: 5,
    },
  ],
  ['an agent', {}, { agent: '/run/agent' }, { ...DEFAULTS, agent: '/run/agent' }],
  ['no agent, said by an empty path', {}, { agent: '' }, { ...DEFAULTS, agent: false }],
  [
    'a bastion with its defaults: the user of the host behind it',
    { user: 'ops', bastion: bastionBlock() },
    { bastion: bastionBlock({ address: '198.51.100.9', port: 2200 }) },
    { ...DEFAULTS, user: 'ops', bastion: { address: '198.51.100.1', port: 22, user: 'ops' } },
  ],
  [
    "the provider's bastion, complete",
    {},
    {
      bastion: bastionBlock({
        port: 2200,
        user: 'jump',
        private_key_path: 'j',
        host_key: 'ssh-ed25519 BBBB',
      }),
    },
    {
      ...DEFAULTS,
      bastion: {
        address: '198.51.100.1',
        port: 2200,
        user: 'jump',
        privateKeyPath: 'j',
        hostKey: 'ssh-ed25519 BBBB',
      },
    },
  ],
] as [string, Block, Block, Block][])('takes %s', (_name, ofHost, ofProvider, expected) => {
  expect(reach(ofHost, ofProvider)).toEqual({ kind: 'known', settings: expected });
});

test.each([
  ['an attribute of the host', { port: UNKNOWN_MARK }, {}, ['port']],
  ['a setting of the provider', {}, { password: UNKNOWN_MARK }, ['provider password']],
  ['a nested one', {}, { bastion: bastionBlock({ address: UNKNOWN_MARK }) }, ['provider bastion.address']],
  ['several', { address: UNKNOWN_MARK }, { user: UNKNOWN_MARK }, ['address', 'provider user']],
] as [string, Block, Block, string[]][])(
  'names what is unknown: %s',
  (_name, ofHost, ofProvider, waitingFor) => {
    expect(reach(ofHost, ofProvider)).toEqual({ kind: 'unknown', waitingFor });
  },
);

test('does not wait for a setting that the host has itself', () => {
  expect(reach({ port: 22, user: 'ops' }, { port: UNKNOWN_MARK, user: UNKNOWN_MARK })).toMatchObject({
    kind: 'known',
  });
});

test('takes secrets from the environment, unless the provider block has them', () => {
  const environment = { GATEWRIGHT_PASSWORD: 'p', GATEWRIGHT_PRIVATE_KEY: 'K', GATEWRIGHT_SUDO_PASSWORD: '' };
  const given = decoded(settings, settingsBlock({ password: 'mine' }));
  const { password, private_key: privateKey, sudo_password: sudoPassword } = secretsFrom(given, environment);
  expect([password, privateKey, sudoPassword]).toEqual([
    { kind: 'known', value: 'mine' },
    { kind: 'known', value: 'K' },
    { kind: 'null' },
  ]);
});

function reach(ofHost: Block, ofProvider: Block): unknown {
  return reachOf(decoded(host, hostBlock(ofHost)), decoded(settings, settingsBlock(ofProvider)));
}

function decoded<T>(type: { decode(wire: unknown, at: []): { kind: string; value?: T } }, block: Block): T {
  const { value } = type.decode(block, []);
  if (value === undefined) throw new Error('the block is not known');
  return value;
}
