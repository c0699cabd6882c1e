// Host.declare: lines are checked at once, a part has one owner, and text arrives as it was written.
import { TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { expect, test } from 'vitest';
import { ClusterIpService, Host } from '../../lib/index';
import { lines, newApp, newHost, newStack, refusal, synthesize } from './stacks';

test.each([
  ['a line that removes', ['# all', 'iptables -F'], 'lab/cloudos1', 'part "10-a", line 2: '],
  [
    'a chain name of 29 characters',
    [`iptables -N ${'A'.repeat(29)}`],
    'lab/cloudos1',
    'part "10-a", line 1: ',
  ],
  [
    'a comment of 256 bytes',
    [`iptables -A INPUT -m comment --comment ${'a'.repeat(256)} -j ACCEPT`],
    'lab/cloudos1',
    'part "10-a", line 1: ',
  ],
  ['a tool that there is none of', ['rm -rf /'], 'lab/cloudos1', 'part "10-a", line 1: '],
])('%s is refused before any host is touched, with construct, part and line', (_what, text, path, place) => {
  const message = refusal(() => {
    newHost().declare('10-a', text);
  });
  expect(message.startsWith(place)).toBe(true);
  expect(message).toContain(`\nat: ${path}\n`);
  expect(message).toContain('\ngiven: ');
});

test.each([
  ['~unexpected', 'names of parts that begin with ~ are kept for what a refresh finds on the host'],
  ['', 'the name of a part is empty, or begins, ends or breaks with a blank or a control character'],
  [' a', 'the name of a part is empty, or begins, ends or breaks with a blank or a control character'],
  ['a\nb', 'the name of a part is empty, or begins, ends or breaks with a blank or a control character'],
])('no part may be named %j', (name, expected) => {
  expect(
    refusal(() => {
      newHost().declare(name, '# nothing');
    }),
  ).toContain(`${expected}\nat: lab/cloudos1\n`);
});

test.each([
  ['null', 'null'],
  ['a number', '7'],
  ['an array with null in it', '["# nothing", null]'],
])('a part that is %s, as JavaScript may give it, is refused with the name of the part', (_what, json) => {
  const declare: (part: string, lines: never) => void = (part, lines) => {
    newHost().declare(part, lines);
  };
  expect(
    refusal(() => {
      Reflect.apply(declare, undefined, ['10-a', JSON.parse(json)]);
    }),
  ).toContain('part "10-a" is not text\nat: lab/cloudos1\ngiven: ');
});

test('a part that is declared twice is an error that names both constructs', () => {
  const stack = newStack();
  const host = newHost(stack);
  const [first, second] = [new Construct(stack, 'first'), new Construct(stack, 'second')];
  host.declare('10-a', '# nothing', first);
  expect(
    refusal(() => {
      host.declare('10-a', '# nothing', second);
    }),
  ).toBe(
    lines(
      'part "10-a" is declared twice on host lab/cloudos1',
      'at: lab/second',
      'given: first by lab/first, again by lab/second',
      'allowed: one of a kind on a host and scope',
      'to do: rename or remove one of them',
    ),
  );
});

test('a part that a service has already is not declared again', () => {
  const stack = newStack();
  const host = newHost(stack);
  const endpoints = [{ address: '10.5.0.2', port: 80 }];
  new ClusterIpService(stack, 'web', { hosts: [host], clusterIp: '10.96.0.10', port: 80, endpoints });
  expect(
    refusal(() => {
      host.declare('10-services', '# nothing');
    }),
  ).toContain('given: first by lab/web, again by lab/cloudos1');
});

test('the same part on two hosts is two parts', () => {
  const stack = new TerraformStack(newApp(), 'lab');
  const hosts = ['a', 'b'].map((id) => new Host(stack, id, { address: '192.0.2.6' }));
  for (const host of hosts) host.declare('10-a', `# of ${host.node.id}`);
  const { parts } = synthesize(stack);
  expect([parts('a'), parts('b')]).toEqual([{ '10-a': '# of a' }, { '10-a': '# of b' }]);
});

test.each([
  '# ${path.module} $${escaped} %{if true} %%{escaped} ${ and %{',
  "iptables -A INPUT -m comment --comment '$(id) `id` ${x} \\ \"' -j ACCEPT",
  '# trailing blanks  ',
  '',
])('a known text stands in the file as it was written: %j', (text) => {
  const stack = newStack();
  newHost(stack).declare('10-a', text);
  expect(synthesize(stack).parts('cloudos1')).toEqual({ '10-a': text });
});
