// GatewrightProvider: its block, what it puts into each stack's folder, several in one stack, and bad props.
import { join } from 'node:path';
import { TerraformProvider, TerraformStack, Testing } from 'cdktf';
import { beforeEach, expect, test, vi } from 'vitest';
import type { GatewrightProviderProps } from '../../lib/index';
import { GatewrightProvider, Host } from '../../lib/index';
import { installProvider } from '../../lib/install/provider';
import { lines, newApp, newStack, refusal, synthesize } from './stacks';

vi.mock('../../lib/install/provider', () => ({
  PROVIDER_SOURCE: 'gatewright/gatewright',
  PROVIDER_VERSION: '1.2.3',
  installProvider: vi.fn(),
}));

beforeEach(() => {
  vi.mocked(installProvider).mockClear();
});

class OtherProvider extends TerraformProvider {
  constructor(stack: TerraformStack, source: string, version: string) {
    super(stack, source, {
      terraformResourceType: source.replace('/', '_'),
      terraformProviderSource: source,
      terraformGeneratorMetadata: { providerName: source, providerVersionConstraint: version },
    });
  }
}

test('all settings stand in the block, in the words of Terraform', () => {
  const stack = newStack();
  new GatewrightProvider(stack, 'gatewright', {
    user: 'admin',
    port: 2222,
    privateKeyPath: '/keys/id',
    privateKey: 'KEY',
    password: 'PASSWORD',
    agent: '/run/agent',
    knownHostsPath: '~/.ssh/known_hosts',
    sudo: true,
    sudoPassword: 'SUDO',
    bastion: { address: 'jump' },
    connectTimeoutSeconds: 5,
  });
  expect(synthesize(stack).configuration).toMatchObject({
    terraform: { required_providers: { gatewright: { source: 'gatewright/gatewright', version: '1.2.3' } } },
    provider: {
      gatewright: [
        {
          user: 'admin',
          port: 2222,
          private_key_path: '/keys/id',
          private_key: 'KEY',
          password: 'PASSWORD',
          agent: '/run/agent',
          known_hosts_path: '~/.ssh/known_hosts',
          sudo: true,
          sudo_password: 'SUDO',
          bastion: { address: 'jump' },
          connect_timeout_seconds: 5,
        },
      ],
    },
  });
});

test.each([
  ['nothing', {}, {}],
  ['no agent', { agent: false }, { agent: '' }],
] as const)('a provider with %s says only that', (_what, props, block) => {
  const stack = newStack();
  new GatewrightProvider(stack, 'gatewright', props);
  expect(synthesize(stack).configuration).toHaveProperty('provider.gatewright', [block]);
});

test('hosts take the provider without alias, or the one that they name', () => {
  const stack = newStack();
  new GatewrightProvider(stack, 'gatewright');
  const provider = new GatewrightProvider(stack, 'east', { alias: 'east', user: 'admin' });
  new Host(stack, 'a', { address: '192.0.2.1' });
  new Host(stack, 'b', { address: '192.0.2.2', provider });
  const { configuration } = synthesize(stack);
  expect(configuration).toHaveProperty('provider.gatewright', [{}, { alias: 'east', user: 'admin' }]);
  expect(configuration).not.toHaveProperty('resource.gatewright_host.a.provider');
  expect(configuration).toHaveProperty('resource.gatewright_host.b.provider', 'gatewright.east');
});

test('synthesis puts the provider into the folder of each stack, and tells which others Terraform must not look for', () => {
  const app = newApp();
  const [east, west] = [new TerraformStack(app, 'east'), new TerraformStack(app, 'west')];
  new GatewrightProvider(east, 'gatewright');
  new GatewrightProvider(west, 'gatewright');
  new OtherProvider(east, 'null', '3.2.4');
  new OtherProvider(east, 'acme/edge', '1.0.0');
  new OtherProvider(east, 'acme/loose', '~> 1.0');
  app.synth();
  expect(vi.mocked(installProvider).mock.calls).toEqual([
    [
      join(app.outdir, 'stacks/east'),
      {
        otherProviders: [
          { source: 'hashicorp/null', version: '3.2.4' },
          { source: 'acme/edge', version: '1.0.0' },
        ],
      },
    ],
    [join(app.outdir, 'stacks/west'), { otherProviders: [] }],
  ]);
});

test('several providers of one stack are installed once', () => {
  const stack = newStack();
  new GatewrightProvider(stack, 'gatewright');
  new GatewrightProvider(stack, 'east', { alias: 'east' });
  synthesize(stack);
  expect(installProvider).toHaveBeenCalledTimes(1);
});

test('a synthesis in memory, as tests do it, installs nothing', () => {
  const stack = new TerraformStack(Testing.app(), 'lab');
  new GatewrightProvider(stack, 'gatewright');
  expect(Testing.synth(stack)).toContain('"gatewright/gatewright"');
  expect(installProvider).not.toHaveBeenCalled();
});

test('a full synthesis into another folder installs there', () => {
  const stack = new TerraformStack(Testing.app(), 'lab');
  new GatewrightProvider(stack, 'gatewright');
  const outdir = Testing.fullSynth(stack);
  expect(vi.mocked(installProvider).mock.calls.map(([folder]) => folder)).toEqual([
    join(outdir, 'stacks/lab'),
  ]);
});

test('two providers of one alias are refused', () => {
  const stack = newStack();
  new GatewrightProvider(stack, 'gatewright');
  expect(refusal(() => new GatewrightProvider(stack, 'again'))).toBe(
    lines(
      'the stack has another GatewrightProvider of the same alias',
      'at: lab/again',
      'given: alias (none), also by lab/gatewright',
      'allowed: one provider without alias, and any number with an alias of their own',
      'to do: give this one an alias, and name it in the prop `provider` of its hosts',
    ),
  );
});

test.each<readonly [what: string, props: GatewrightProviderProps, expected: readonly string[]]>([
  ['port 70000', { port: 70_000 }, ['port is out of range', 'given: 70000', 'allowed: 1 to 65535']],
  [
    'a bastion of port 0',
    { bastion: { address: 'jump', port: 0 } },
    ['bastion.port is out of range', 'given: 0', 'allowed: 1 to 65535'],
  ],
  [
    'a relative path of a key',
    { privateKeyPath: '.lab/id' },
    [
      'privateKeyPath is not valid',
      'given: ".lab/id"',
      "allowed: an absolute path, or one that begins with ~/; path.resolve('…') makes one of a relative path",
    ],
  ],
  [
    'no time to connect',
    { connectTimeoutSeconds: 0 },
    ['connectTimeoutSeconds is out of range', 'given: 0', 'allowed: 1 to 600'],
  ],
  [
    'an alias with a dot',
    { alias: 'a.b' },
    ['alias is not valid', 'given: "a.b"', 'allowed: a letter or _ first, then letters, digits, _ and -'],
  ],
])('a provider with %s is refused at once', (_what, props, [what = '', ...rest]) => {
  expect(refusal(() => new GatewrightProvider(newStack(), 'gatewright', props))).toBe(
    lines(what, 'at: lab/gatewright', ...rest),
  );
});

test('no error shows a secret', () => {
  const secrets = { privateKey: 'SECRET', password: 'SECRET', sudoPassword: 'SECRET', port: 0 };
  expect(refusal(() => new GatewrightProvider(newStack(), 'gatewright', secrets))).not.toContain('SECRET');
});
