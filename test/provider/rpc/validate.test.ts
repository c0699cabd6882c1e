// ValidateProviderConfig and ValidateResourceConfig: each bad value of each attribute, and what null and unknown mean there.
import { expect, test } from 'vitest';
import { type Block, MAY_BE_UNKNOWN, bastionBlock, hostBlock, settingsBlock } from '../blocks';
import { UNKNOWN, backendOn, dynamic, memoryStore, terraformSide } from '../terraform-side';
import { wirePath } from '../wire-path';

const store = memoryStore({});
const terraform = terraformSide(backendOn(store));

const A_KEY = '-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n';

test.each([
  ['nothing but an address and parts', {}],
  [
    'every attribute',
    {
      port: 2222,
      user: 'admin',
      host_key: 'ssh-ed25519 AAAAC3Nz',
      sudo: true,
      bastion: bastionBlock({ port: 22 }),
      scope: 'web',
      chain_prefix: 'WEB-',
      lock_timeout_seconds: 0,
    },
  ],
  ['an IPv6 address', { address: '2001:db8::1' }],
  ['no parts at all', { parts: {} }],
  ['an empty part', { parts: { a: '' } }],
  ['scope default by name', { scope: 'default' }],
  ['an unknown scope without a prefix', { scope: UNKNOWN }],
  ['another scope with an unknown prefix', { scope: 'web', chain_prefix: UNKNOWN }],
  ...MAY_BE_UNKNOWN.map((name): [string, Block] => [`an unknown ${name}`, { [name]: UNKNOWN }]),
  ['a bastion with an unknown address', { bastion: bastionBlock({ address: UNKNOWN }) }],
  ['an unknown part', { parts: { a: UNKNOWN } }],
] as [string, Block][])('accepts a host with %s', async (_name, given) => {
  expect(await terraform.call('ValidateResourceConfig', hostRequest(given))).toEqual({});
});

test.each([
  ['port 70000', { port: 70000 }, 'port', 'given: 70000\nallowed: a whole number from 1 to 65535'],
  ['port 0', { port: 0 }, 'port', 'given: 0\nallowed: a whole number from 1 to 65535'],
  ['half a port', { port: 22.5 }, 'port', 'given: 22.5\nallowed: a whole number from 1 to 65535'],
  [
    'an empty address',
    { address: '' },
    'address',
    'given: ""\nallowed: a host name or an IP address, without port, user or brackets',
  ],
  [
    'an address with port',
    { address: '192.0.2.1:22' },
    'address',
    'given: "192.0.2.1:22"\nallowed: a host name or an IP address, without port, user or brackets\nto do: put the port into `port`',
  ],
  [
    'an address with user',
    { address: 'root@gw' },
    'address',
    'given: "root@gw"\nallowed: a host name or an IP address, without port, user or brackets\nto do: put the user into `user`',
  ],
  [
    'an address in brackets',
    { address: '[::1]' },
    'address',
    'given: "[::1]"\nallowed: a host name or an IP address, without port, user or brackets\nto do: write an IPv6 address without brackets',
  ],
  ['a user with a space', { user: 'a b' }, 'user', 'given: "a b"\nallowed: a user name without spaces'],
  [
    'a whole line of known_hosts',
    { host_key: 'gw ssh-ed25519 AAAA' },
    'host_key',
    'given: "gw ssh-ed25519 AAAA"\nallowed: a key type and a key in base64, such as `ssh-ed25519 AAAA…`\n' +
      'to do: leave out the host name that stands before the key type in known_hosts',
  ],
  [
    'a bad port of the bastion',
    { bastion: bastionBlock({ port: -1 }) },
    'bastion.port',
    'given: -1\nallowed: a whole number from 1 to 65535',
  ],
  [
    'an empty address of the bastion',
    { bastion: bastionBlock({ address: '' }) },
    'bastion.address',
    'given: ""\nallowed: a host name or an IP address, without port, user or brackets',
  ],
  [
    'a scope with a slash',
    { scope: 'a/b', chain_prefix: 'AB-' },
    'scope',
    'given: "a/b"\nallowed: letters, digits, `.`, `_` and `-`, a letter or digit first, at most 63 characters',
  ],
  [
    'a prefix without a dash',
    { scope: 'web', chain_prefix: 'WEB' },
    'chain_prefix',
    'given: "WEB"\nallowed: a letter first, then letters, digits, `_` and `-`, the last a `-`, 2 to 8 characters in all\nto do: write "WEB-"',
  ],
  [
    'a prefix of nine characters',
    { scope: 'web', chain_prefix: 'WEBSITES-' },
    'chain_prefix',
    'given: "WEBSITES-"\nallowed: a letter first, then letters, digits, `_` and `-`, the last a `-`, 2 to 8 characters in all',
  ],
  [
    'a word that says nothing of a reboot',
    { persist: 'always' },
    'persist',
    'given: "always"\nallowed: `fail-open`, `fail-closed`, `none`',
  ],
  [
    'a lock timeout below zero',
    { lock_timeout_seconds: -1 },
    'lock_timeout_seconds',
    'given: -1\nallowed: a whole number from 0 to 3600',
  ],
  [
    'a confirm timeout too short for a login',
    { confirm_timeout_seconds: 2 },
    'confirm_timeout_seconds',
    'given: 2\nallowed: a whole number from 3 to 3600',
  ],
  [
    'a drain timeout of more than a day',
    { drain_timeout_seconds: 86401 },
    'drain_timeout_seconds',
    'given: 86401\nallowed: a whole number from 0 to 86400',
  ],
  [
    'a management network with host bits',
    { management_cidrs: ['10.0.0.0/8', '2001:db8::7/64'] },
    'management_cidrs[1]',
    'given: "2001:db8::7/64"\nallowed: an address without host bits, a slash and a length, such as `192.0.2.0/24` or `2001:db8::/32`\nto do: write 2001:db8::/64, or 2001:db8::7/128 for the one address',
  ],
  [
    'a null line of adopt',
    { adopt: ['ip route add default via 192.0.2.1', null] },
    'adopt[1]',
    'A line is text and this one is null.',
  ],
  [
    'a null management network',
    { management_cidrs: [null] },
    'management_cidrs[0]',
    'A network is text and this one is null.',
  ],
  [
    'a null part',
    { parts: { x: null } },
    'parts["x"]',
    'A part is text and this one is null.\nto do: leave the part out, or set it to ""',
  ],
  [
    'a part of ours',
    { parts: { '~unexpected': 'x' } },
    'parts["~unexpected"]',
    'Names of parts that begin with `~` are kept for what a refresh finds on the host.\nto do: choose another first character',
  ],
  ['a part without a name', { parts: { '': 'x' } }, 'parts[""]', 'The name of a part must not be empty.'],
] as [string, Block, string, string][])('refuses %s, and says where', async (_name, given, path, detail) => {
  expect(await terraform.call('ValidateResourceConfig', hostRequest(given))).toEqual({
    diagnostics: [{ severity: 'ERROR', summary: `Bad value for ${path}`, detail, attribute: wirePath(path) }],
  });
});

test('names every bad value at once', async () => {
  const given = { port: 70000, user: '', parts: { x: null, '~y': 'z' } };
  const response = await terraform.call('ValidateResourceConfig', hostRequest(given));
  expect(response).toMatchObject({
    diagnostics: ['port', 'user', 'parts["x"]', 'parts["~y"]'].map((path) => ({ attribute: wirePath(path) })),
  });
});

test('asks another scope than the default one for its prefix', async () => {
  expect(await terraform.call('ValidateResourceConfig', hostRequest({ scope: 'web' }))).toEqual({
    diagnostics: [
      {
        severity: 'ERROR',
        summary: 'Scope "web" needs a chain_prefix',
        detail:
          'Only scope "default" has one by default (GW-): two scopes must not own the same chains.\n' +
          'allowed: a letter first, then letters, digits, `_` and `-`, the last a `-`, 2 to 8 characters in all\n' +
          'to do: choose one, such as chain_prefix = "WEB-"',
        attribute: wirePath('chain_prefix'),
      },
    ],
  });
});

test.each([
  ['a number for a part', { parts: { x: 5 } }, 'parts["x"] must be a string, got a number', 'parts["x"]'],
  ['a list for the bastion', { bastion: [] }, 'bastion must be a group of attributes, got a list', 'bastion'],
  [
    'text for the port of the bastion',
    { bastion: bastionBlock({ port: 'ssh' }) },
    'bastion.port must be a number, got a string',
    'bastion.port',
  ],
  ['text for sudo', { sudo: 'yes' }, 'sudo must be true or false, got a string', 'sudo'],
] as [string, Block, string, string][])('refuses %s by its type', async (_name, given, detail, path) => {
  expect(await terraform.call('ValidateResourceConfig', hostRequest(given))).toMatchObject({
    diagnostics: [{ severity: 'ERROR', detail, attribute: wirePath(path) }],
  });
});

test('lets the engine check the lines, each problem at its part, with no host reached', async () => {
  const given = { parts: { a: 'iptables -F', b: 'sysctl a.b=1', c: 'iptables -F', d: UNKNOWN } };
  expect(await terraform.call('ValidateResourceConfig', hostRequest(given))).toEqual({
    diagnostics: ['a', 'c'].map((part) => ({
      severity: 'ERROR',
      summary: 'a part says what is, and `iptables -F` removes',
      detail: `at: part "${part}", line 1\nto do: leave the line out instead`,
      attribute: wirePath(`parts["${part}"]`),
    })),
  });
  expect(store.calls).toEqual([]);
});

test.each([
  ['nothing', {}],
  [
    'everything',
    {
      user: 'admin',
      port: 22,
      private_key_path: '~/.ssh/id',
      private_key: 'k',
      password: 'p',
      sudo_password: 's',
      agent: '',
      known_hosts_path: 'known_hosts',
      sudo: false,
      bastion: bastionBlock(),
      connect_timeout_seconds: 5,
    },
  ],
  ...Object.keys(settingsBlock()).map((name): [string, Block] => [`an unknown ${name}`, { [name]: UNKNOWN }]),
] as [string, Block][])('accepts a provider block with %s', async (_name, given) => {
  expect(await terraform.call('ValidateProviderConfig', { config: dynamic(settingsBlock(given)) })).toEqual(
    {},
  );
});

test.each([
  ['port 70000', { port: 70000 }, 'port'],
  ['an empty user', { user: '' }, 'user'],
  ['an empty key path', { private_key_path: '' }, 'private_key_path'],
  ['an empty known_hosts path', { known_hosts_path: '' }, 'known_hosts_path'],
  ['no time to connect', { connect_timeout_seconds: 0 }, 'connect_timeout_seconds'],
  ['a bad host key of the bastion', { bastion: bastionBlock({ host_key: 'x' }) }, 'bastion.host_key'],
] as [string, Block, string][])(
  'refuses a provider block with %s, at validation and again at configuration',
  async (_name, given, path) => {
    const config = dynamic(settingsBlock(given));
    for (const rpc of ['ValidateProviderConfig', 'ConfigureProvider']) {
      expect(await terraform.call(rpc, { config })).toMatchObject({
        diagnostics: [{ severity: 'ERROR', summary: `Bad value for ${path}`, attribute: wirePath(path) }],
      });
    }
  },
);

test.each([
  ['private_key_path', { private_key_path: A_KEY }, 'private_key_path'],
  [
    'private_key_path of the bastion',
    { bastion: bastionBlock({ private_key_path: A_KEY }) },
    'bastion.private_key_path',
  ],
  ['user', { user: A_KEY }, 'user'],
] as [string, Block, string][])(
  'refuses a key where %s is wanted, and does not show it',
  async (_name, given, path) => {
    const response = await terraform.call('ValidateProviderConfig', {
      config: dynamic(settingsBlock(given)),
    });
    expect(response).toMatchObject({
      diagnostics: [{ severity: 'ERROR', summary: `Bad value for ${path}`, attribute: wirePath(path) }],
    });
    expect(JSON.stringify(response)).toContain('given: a private key');
    expect(JSON.stringify(response)).not.toContain('c2VjcmV0');
  },
);

test('says where the text of a key belongs', async () => {
  const config = dynamic(settingsBlock({ private_key_path: A_KEY }));
  expect(await terraform.call('ValidateProviderConfig', { config })).toMatchObject({
    diagnostics: [{ detail: expect.stringContaining('to do: give its text as `private_key`') as unknown }],
  });
});

function hostRequest(given: Block): object {
  return { type_name: 'gatewright_host', config: dynamic(hostBlock(given)) };
}
