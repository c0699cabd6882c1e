// Host: what synthesis writes of it, and which ids it may have.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TerraformStack, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { expect, test } from 'vitest';
import { Host } from '../../lib/index';
import { lines, newApp, newHost, newStack, refusal, synthesize } from './stacks';

test('a host becomes one resource, whose parts are read from a file in the stack', () => {
  const stack = newStack();
  const host = newHost(stack, {
    port: 2222,
    user: 'admin',
    hostKey: 'ssh-ed25519 AAAA',
    sudo: true,
    bastion: {
      address: 'jump',
      port: 22,
      user: 'me',
      privateKeyPath: '~/.ssh/jump',
      hostKey: 'ssh-rsa AAAA',
    },
    scope: 'web',
    chainPrefix: 'WEB-',
    lockTimeoutSeconds: 5,
    drainTimeoutSeconds: 60,
    probes: [
      { kind: 'command', command: ['test', '-e', '/etc/gateway'] },
      { kind: 'http', url: 'http://192.0.2.6/', status: 204, from: 'client', timeoutSeconds: 10 },
    ],
    managementCidrs: ['192.0.2.0/24'],
    adopt: ['ipset create S hash:ip comment', 'ipset add S 192.0.2.1 comment "${x} %{y}"'],
    allowLockout: true,
  });
  host.declare('10-forward', 'sysctl net.ipv4.ip_forward=1');
  host.declare('20-masquerade', ['# pods', 'iptables -t nat -A POSTROUTING -s 10.5.0.0/16 -j MASQUERADE']);
  const { configuration, parts } = synthesize(stack);
  expect(configuration).toMatchObject({
    resource: {
      gatewright_host: {
        cloudos1: {
          address: '192.0.2.6',
          port: 2222,
          user: 'admin',
          host_key: 'ssh-ed25519 AAAA',
          sudo: true,
          bastion: {
            address: 'jump',
            port: 22,
            user: 'me',
            private_key_path: '~/.ssh/jump',
            host_key: 'ssh-rsa AAAA',
          },
          scope: 'web',
          chain_prefix: 'WEB-',
          lock_timeout_seconds: 5,
          drain_timeout_seconds: 60,
          probes: [
            { kind: 'command', command: ['test', '-e', '/etc/gateway'] },
            { kind: 'http', url: 'http://192.0.2.6/', status: 204, from: 'client', timeout_seconds: 10 },
          ],
          management_cidrs: ['192.0.2.0/24'],
          adopt: ['ipset create S hash:ip comment', 'ipset add S 192.0.2.1 comment "$${x} %%{y}"'],
          allow_lockout: true,
          parts: '${jsondecode(file("${path.module}/assets/cloudos1/parts.json"))}',
        },
      },
    },
  });
  expect(parts('cloudos1')).toEqual({
    '10-forward': 'sysctl net.ipv4.ip_forward=1',
    '20-masquerade': '# pods\niptables -t nat -A POSTROUTING -s 10.5.0.0/16 -j MASQUERADE\n',
  });
});

test('what is not given is left to the provider', () => {
  const stack = newStack();
  newHost(stack);
  const { configuration, parts } = synthesize(stack);
  expect(configuration).toMatchObject({
    resource: {
      gatewright_host: {
        cloudos1: {
          '//': { metadata: { path: 'lab/cloudos1', uniqueId: 'cloudos1' } },
          address: '192.0.2.6',
          parts: '${jsondecode(file("${path.module}/assets/cloudos1/parts.json"))}',
        },
      },
    },
  });
  expect(configuration).not.toHaveProperty('resource.gatewright_host.cloudos1.port');
  expect(configuration).not.toHaveProperty('locals');
  expect(parts('cloudos1')).toEqual({});
});

test('two runs write the same bytes, whatever the order of declarations', () => {
  const texts = [
    ['10-a', '20-b'],
    ['20-b', '10-a'],
  ].map((parts) => {
    const stack = newStack();
    const host = newHost(stack);
    for (const part of parts) host.declare(part, '# nothing');
    return readFileSync(join(synthesize(stack).folder, 'assets/cloudos1/parts.json'), 'utf8');
  });
  expect(texts[0]).toBe('{\n  "10-a": "# nothing",\n  "20-b": "# nothing"\n}\n');
  expect(texts[1]).toBe(texts[0]);
});

test('each stack has the parts of its own hosts', () => {
  const app = newApp();
  const stacks = ['east', 'west'].map((id) => new TerraformStack(app, id));
  for (const stack of stacks) newHost(stack).declare(`10-${stack.node.id}`, '# nothing');
  const written = stacks.map((stack) => synthesize(stack).parts('cloudos1'));
  expect(written).toEqual([{ '10-east': '# nothing' }, { '10-west': '# nothing' }]);
});

test('a synthesis in memory, as tests do it, writes no file', () => {
  const app = Testing.app();
  const stack = new TerraformStack(app, 'lab');
  newHost(stack).declare('10-a', '# nothing');
  expect(Testing.synth(stack)).toContain('assets/cloudos1/parts.json');
  expect(() => readFileSync(join(app.outdir, 'stacks/lab/assets/cloudos1/parts.json'))).toThrow('ENOENT');
});

test('the id of a host can be used elsewhere', () => {
  const stack = newStack();
  const host = newHost(stack);
  stack.addOverride('output.id.value', host.id);
  expect(synthesize(stack).configuration).toMatchObject({
    output: { id: { value: '${gatewright_host.cloudos1.id}' } },
  });
});

test('an id that begins with a digit is refused, since Terraform takes no such name', () => {
  expect(refusal(() => new Host(newStack(), '192.0.2.6', { address: '192.0.2.6' }))).toBe(
    lines(
      'the id gives a resource name that Terraform refuses',
      'at: lab/192.0.2.6',
      'given: gatewright_host.192026',
      'allowed: an id that begins with a letter and differs from others in letters, digits, _ and -',
      "to do: name the host, such as 'gateway-1', and give its address in the prop address",
    ),
  );
});

test('two ids that give one name are refused, since one host would replace the other', () => {
  const stack = newStack();
  new Host(stack, 'gateway.1', { address: '192.0.2.6' });
  expect(refusal(() => new Host(stack, 'gateway1', { address: '192.0.2.7' }))).toContain(
    'the id gives the same resource name as that of lab/gateway.1\nat: lab/gateway1\ngiven: gatewright_host.gateway1',
  );
});

test('a host in a construct of the user is known by its path', () => {
  const site = new Construct(newStack(), 'site');
  expect(refusal(() => new Host(site, 'a', { address: '192.0.2.6', port: 0 }))).toContain('at: lab/site/a\n');
});

test('HCL output is refused, which would silently lack every attribute', () => {
  expect(refusal(() => newHost().toHclTerraform())).toContain(
    'Gatewright is not written as HCL by synthesis',
  );
});
