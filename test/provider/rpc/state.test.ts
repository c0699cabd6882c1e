// ReadResource, UpgradeResourceState, ImportResourceState and MoveResourceState: how a state comes about without an apply.
import { expect, test } from 'vitest';
import { bastionBlock, hostState, probeBlock } from '../blocks';
import type { StoredHost } from '../stored-engine';
import { UNKNOWN, backendOn, configured, memoryStore, read, terraformSide, upgrade } from '../terraform-side';

const NAME = '192.0.2.1:22';
const PARTS = { a: 'sysctl a.b=1' };
const BASIS = 'bc5b33b8275f';

test('refreshes to what is live, drift included, and remembers what a plan will be made on', async () => {
  const live = { ...PARTS, '~unexpected': 'iptables -A GW-X -j DROP' };
  const { terraform } = await configured({ [NAME]: hostWith({ parts: live }) });
  expect(await read(terraform, hostState({ parts: { a: 'sysctl a.b=0', gone: 'x' } }))).toEqual({
    new_state: hostState({ parts: live }),
    private: expect.stringMatching(/^[0-9a-f]{12}$/) as unknown,
  });
});

test('reads an empty host as one without parts, never as gone', async () => {
  const { terraform } = await configured({ [NAME]: { scopes: {} } });
  expect(await read(terraform, hostState())).toMatchObject({ new_state: hostState({ parts: {} }) });
});

test('keeps state and private data where the host cannot be reached, which is an error', async () => {
  const { terraform } = await configured({});
  expect(await read(terraform, hostState())).toMatchObject({
    new_state: hostState(),
    private: 'before',
    diagnostics: [{ severity: 'ERROR', summary: `Host cannot be reached: root@${NAME}` }],
  });
});

test('keeps the state, and warns, while a setting of the provider is not known', async () => {
  const { terraform } = await configured({ [NAME]: hostWith({ parts: PARTS }) }, { user: UNKNOWN });
  expect(await read(terraform, hostState())).toMatchObject({
    new_state: hostState(),
    private: 'before',
    diagnostics: [
      {
        severity: 'WARNING',
        summary: 'Host was not read',
        detail: 'Not known before apply: provider user. What stands in the state may not be what is live.',
      },
    ],
  });
});

test.each([
  ['as it was stored', JSON.stringify(hostState()), hostState()],
  [
    'without an attribute that came later',
    '{"id":"id-1","address":"192.0.2.1"}',
    {
      ...Object.fromEntries(Object.keys(hostState()).map((name) => [name, null])),
      id: 'id-1',
      address: '192.0.2.1',
    },
  ],
  ['with an attribute that is gone', JSON.stringify({ ...hostState(), gone: 1 }), hostState()],
])('takes a state %s', async (_name, json, expected) => {
  const terraform = terraformSide(backendOn(memoryStore({})));
  expect(await upgrade(terraform, json)).toEqual({ upgraded_state: expected });
});

test('refuses a state of a newer version', async () => {
  const terraform = terraformSide(backendOn(memoryStore({})));
  expect(await upgrade(terraform, '{}', 7)).toEqual({
    diagnostics: [
      {
        severity: 'ERROR',
        summary: 'State was written by a newer Gatewright',
        detail:
          'given: a state of schema version 7\nallowed: up to 0\n' +
          'to do: use the version of Gatewright that wrote it, or a later one',
      },
    ],
  });
});

test.each([
  ['the default port left out', 'default@192.0.2.1:22', { port: null }, { port: null }],
  ['the port written out', 'default@192.0.2.1:22', { port: 22 }, { port: 22 }],
  ['another port than then', 'default@192.0.2.1:2222', { port: null }, { port: 2222 }],
  ['IPv6', 'default@[2001:db8::1]:22', { port: null }, { address: '2001:db8::1' }],
  [
    'all that was given',
    'default@192.0.2.1:22',
    {
      user: 'admin',
      host_key: 'ssh-ed25519 AAAA',
      sudo: true,
      bastion: bastionBlock(),
      lock_timeout_seconds: 5,
      drain_timeout_seconds: 60,
      probes: [probeBlock({ kind: 'http', url: 'http://gw', from: 'client' })],
      management_cidrs: ['192.0.2.0/24'],
      adopt: ['ip route add default via 192.0.2.1'],
      allow_lockout: true,
    },
    {
      user: 'admin',
      host_key: 'ssh-ed25519 AAAA',
      sudo: true,
      bastion: bastionBlock(),
      lock_timeout_seconds: 5,
      drain_timeout_seconds: 60,
      probes: [probeBlock({ kind: 'http', url: 'http://gw', from: 'client' })],
      management_cidrs: ['192.0.2.0/24'],
      adopt: ['ip route add default via 192.0.2.1'],
      allow_lockout: true,
    },
  ],
  [
    'another scope with the prefix that the host knows',
    'web@192.0.2.1:22',
    { chain_prefix: 'WEB-' },
    { scope: 'web', chain_prefix: 'WEB-' },
  ],
])('imports a host with the attributes of its last apply: %s', async (_name, id, kept, expected) => {
  const settings = JSON.stringify({
    chain_prefix: 'GW-',
    lock_timeout_seconds: 30,
    drain_timeout_seconds: 0,
    allow_lockout: false,
    ...kept,
  });
  const scope = { id: 'id-1', settings, parts: PARTS };
  const stored: StoredHost = { scopes: { default: scope, web: scope } };
  const { terraform } = await configured({
    [NAME]: stored,
    '192.0.2.1:2222': stored,
    '[2001:db8::1]:22': stored,
  });
  expect(await terraform.call('ImportResourceState', { type_name: 'gatewright_host', id })).toEqual({
    imported_resources: [
      { type_name: 'gatewright_host', state: hostState({ parts: PARTS, ...expected }), private: BASIS },
    ],
  });
});

test.each([
  ['no @', '192.0.2.1:22', 'the scope and `@` are missing in front of the address'],
  ['no port', 'default@192.0.2.1', 'the port is missing, or is no number'],
  ['a name for a port', 'default@192.0.2.1:ssh', 'the port is missing, or is no number'],
  ['port 70000', 'default@192.0.2.1:70000', 'the port 70000 is not a whole number from 1 to 65535'],
  [
    'IPv6 without brackets',
    'default@2001:db8::1:22',
    'an IPv6 address stands in brackets, with the port behind them',
  ],
  [
    'a name in brackets',
    'default@[gw]:22',
    'the address "gw" is not a host name or an IP address, without port, user or brackets',
  ],
  [
    'no address',
    'default@:22',
    'the address "" is not a host name or an IP address, without port, user or brackets',
  ],
  ['a bad scope', 'a/b@192.0.2.1:22', 'the scope "a/b" is not a name of letters, digits, ".", "_" and "-"'],
])('refuses an import id with %s', async (_name, id, why) => {
  const { terraform } = await configured({});
  expect(await terraform.call('ImportResourceState', { id })).toEqual({
    diagnostics: [
      {
        severity: 'ERROR',
        summary: 'Bad import id',
        detail:
          `given: ${JSON.stringify(id)}: ${why}\nallowed: scope@address:port, or scope@[v6]:port\n` +
          'example: default@192.0.2.1:22',
      },
    ],
  });
});

test('says where there is nothing to import', async () => {
  const { terraform } = await configured({ [NAME]: { scopes: {} } });
  expect(await terraform.call('ImportResourceState', { id: `default@${NAME}` })).toMatchObject({
    diagnostics: [{ severity: 'ERROR', summary: 'Nothing to import' }],
  });
});

test.each(['not json', '{"port":"ssh"}', '[]', 'null'])(
  'refuses to guess where the settings on the host cannot be read: %s',
  async (settings) => {
    const { terraform } = await configured({ [NAME]: hostWith({ settings }) });
    expect(await terraform.call('ImportResourceState', { id: `default@${NAME}` })).toMatchObject({
      diagnostics: [
        {
          severity: 'ERROR',
          summary: "The host's record of its settings cannot be read",
          detail: expect.stringMatching(`^found: ${settings.replace(/[[\]{}]/g, '\\$&')}\n`) as unknown,
        },
      ],
    });
  },
);

test('imports nothing while a setting of the provider is unknown, and says what to do', async () => {
  const { terraform } = await configured({ [NAME]: hostWith({}) }, { user: UNKNOWN });
  expect(await terraform.call('ImportResourceState', { id: `default@${NAME}` })).toMatchObject({
    diagnostics: [
      {
        severity: 'ERROR',
        summary: 'Host cannot be reached yet',
        detail: expect.stringMatching(/^Not known before apply: provider user\nto do: /) as unknown,
      },
    ],
  });
});

test('points from another resource type to an import', async () => {
  const terraform = terraformSide(backendOn(memoryStore({})));
  expect(await terraform.call('MoveResourceState', { source_type_name: 'null_resource' })).toMatchObject({
    diagnostics: [{ severity: 'ERROR', summary: 'A null_resource cannot be moved to a gatewright_host' }],
  });
});

function hostWith(scope: Partial<StoredHost['scopes'][string]>): StoredHost {
  return { scopes: { default: { id: 'id-1', settings: '{}', parts: {}, ...scope } } };
}
