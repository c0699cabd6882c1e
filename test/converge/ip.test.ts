// Links, addresses, routes and rules in convergence, on a host in memory: what is planned, shown, repaired, refused and left alone.
import { beforeEach, describe, expect, test } from 'vitest';
import { ipModules } from '../../lib/converge/ip/devices';
import { parseIp } from '../../lib/converge/ip/live';
import { planIp } from '../../lib/converge/ip/plan';
import type { EntryChange } from '../../lib/converge/change';
import type { Entry } from '../../lib/model/entry';
import { ipEntry, readAnyIp } from '../../lib/syntax/ip/ip';
import { splitWords } from '../../lib/syntax/words';
import { FakeHost } from '../fakes/fake-host';
import { errorOf, Scenario } from './scenario';

const PARTS = {
  '10-link': 'ip link add d0 up type dummy\nip addr add 10.40.0.1/24 dev d0',
  '20-vip': 'ip addr add 192.0.2.101/24 dev eth0',
  '30-routes': [
    'ip route add 10.5.0.0/16 via 192.0.2.9',
    'ip route add default via 10.40.0.9 table 80 src 192.0.2.101',
  ].join('\n'),
  '40-rules': 'ip rule add pref 80 from 192.0.2.101 table 80\nip -6 rule add pref 80 fwmark 7 blackhole',
};

let host: FakeHost;
let scenario: Scenario;
let before: string;

beforeEach(() => {
  host = new FakeHost();
  scenario = new Scenario(undefined, host);
  before = host.subsystems.ip.read();
});

const byHand = (...lines: readonly string[]): void => {
  host.subsystems.ip.run(lines.map((line) => `${line}\n`).join(''));
};

function entry(line: string): Entry {
  const [declaration] = readAnyIp(splitWords(line).slice(1));
  if (declaration === undefined) throw new Error(line);
  return ipEntry(declaration);
}

test('parts are applied, shown as written, and destroyed to what was there', async () => {
  await scenario.apply(PARTS);
  expect(await scenario.refresh()).toEqual(PARTS);
  expect(await scenario.wording(PARTS)).toBe('prior');
  await scenario.destroy();
  expect(host.subsystems.ip.read()).toBe(before);
});

describe('drift', () => {
  test.each([
    ['an address', ['addr del 192.0.2.101/24 dev eth0'], '20-vip', undefined],
    ['a link, with what stands on it', ['link del d0 type dummy'], '10-link', undefined],
    [
      'a route',
      ['route replace 10.5.0.0/16 via 192.0.2.8'],
      '30-routes',
      'ip route add 10.5.0.0/16 via 192.0.2.8 dev eth0\nip route add default via 10.40.0.9 table 80 src 192.0.2.101',
    ],
    [
      'a rule',
      ['-6 rule del pref 80 fwmark 7 blackhole'],
      '40-rules',
      'ip rule add pref 80 from 192.0.2.101 table 80',
    ],
    [
      'the state of a link',
      ['link set d0 down'],
      '10-link',
      'ip link add d0 type dummy\nip addr add 10.40.0.1/24 dev d0',
    ],
  ])('of %s is shown and repaired', async (_what, hand, part, shown) => {
    await scenario.apply(PARTS);
    const applied = linesOf(host);
    byHand(...hand);
    expect((await scenario.refresh())[part]).toBe(shown);
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
    expect(linesOf(host)).toEqual(applied);
    await scenario.destroy();
    expect(linesOf(host)).toEqual(before.split('\n').filter(Boolean).sort());
  });

  test('on a link of ours is what nobody declared; elsewhere it is not ours', async () => {
    await scenario.apply(PARTS);
    byHand(
      'addr add 10.40.0.66/32 dev d0',
      'addr add 192.0.2.66/24 dev eth0',
      'route add 10.7.0.0/16 dev eth1',
    );
    expect(await scenario.refresh()).toEqual({
      ...PARTS,
      '~unexpected': 'ip addr add 10.40.0.66/32 dev d0\n',
    });
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
    await scenario.destroy();
    byHand('addr del 192.0.2.66/24 dev eth0', 'route del 10.7.0.0/16 dev eth1');
    expect(host.subsystems.ip.read()).toBe(before);
  });
});

test('what stands there and is equal is taken over, whatever its device, and stays', async () => {
  byHand('route add 10.5.0.0/16 via 192.0.2.9', 'rule add pref 80 from 192.0.2.101 lookup 80');
  const found = host.subsystems.ip.read();
  await scenario.apply(PARTS);
  await scenario.destroy();
  expect(host.subsystems.ip.read()).toBe(found);
});

test('an address on another device is told of, and another form of what is declared is no change', async () => {
  byHand('addr add 192.0.2.101/24 dev eth1');
  const { notes } = await scenario.plan(PARTS);
  expect(notes.map(({ summary }) => summary)).toEqual([
    '192.0.2.101 stands on another device of the host already',
  ]);
  byHand('addr del 192.0.2.101/24 dev eth1');
  await scenario.apply(PARTS);
  const reworded = { ...PARTS, '20-vip': 'ip a a dev eth0 192.0.2.101/255.255.255.0 scope global' };
  expect(await scenario.wording(reworded)).toBe('prior');
});

test.each([
  [
    'ip addr add 10.9.0.1/24 dev eht0',
    { code: 'unknown-device', allowed: 'lo, eth0, eth1', fix: 'if eth0 is meant, write it so' },
  ],
  [
    'ip route add 10.6.0.0/16 dev wg0',
    {
      code: 'unknown-device',
      fix: 'write the device that is meant, or make it: `ip link add wg0 type dummy`',
    },
  ],
  ['ip link set d9 up', { code: 'unknown-device' }],
  ['ip route add 192.0.2.0/24 dev eth0', { code: 'foreign-entry' }],
  ['ip link add eth1 type dummy', { code: 'foreign-entry' }],
  ['ip route add 10.6.0.0/16 via 172.31.0.9', { code: 'refused-by-host' }],
  ['ip rule add pref 0 lookup 80', { code: 'foreign-entry' }],
])('the plan refuses %s', async (line, problem) => {
  expect(await errorOf(scenario.plan({ a: `\n${line}` }))).toMatchObject({
    problems: [{ ...problem, at: 'part "a", line 2', part: 'a' }],
  });
  expect(host.subsystems.ip.read()).toBe(before);
});

test.each([
  ['a link', 'ip link add d0 up type dummy', 'ip addr add 10.40.0.1/24 dev d0', 'device d0 is there only'],
  [
    'the state of a link',
    'ip link set eth1 up',
    'ip route add 10.7.0.0/16 dev eth1',
    'device eth1 is up there',
  ],
  [
    'an address',
    'ip addr add 10.9.0.1/32 dev eth0',
    'ip route add 10.7.0.0/16 via 192.0.2.9 src 10.9.0.1',
    'address 10.9.0.1 is there only',
  ],
])(
  '%s is not left out while a line stays that the kernel would take along',
  async (_what, first, second, what) => {
    byHand('link set eth1 down');
    await scenario.apply({ a: first, b: second });
    const applied = host.subsystems.ip.read();
    const error = await errorOf(scenario.plan({ b: second }));
    expect(error).toMatchObject({ problems: [{ code: 'left-without', part: 'b' }] });
    expect(String(error)).toContain(what);
    expect(host.subsystems.ip.read()).toBe(applied);
    await scenario.apply({ c: '# nothing' });
  },
);

test('a link of ours that somebody made into another thing is a problem, and not removed', async () => {
  await scenario.apply({ a: 'ip link add d0 type dummy' });
  const other = new FakeHost();
  other.manifest = host.manifest;
  for (const [name, text] of host.declared) other.declared.set(name, text);
  Object.assign(other.subsystems, { ip: host.subsystems.ip.withLink('d0') });
  const again = new Scenario(undefined, other);
  again.state = scenario.state;
  again.memory = scenario.memory;
  await again.refresh();
  expect(await errorOf(again.plan({ a: 'ip link add d0 type dummy' }))).toMatchObject({
    problems: [{ code: 'link-type', part: 'a' }],
  });
});

test.each([
  ['ip link add d0 type dummy', ['dummy']],
  ['ip addr add 10.0.0.1/32 dev tunl0', ['ipip']],
  ['ip link set sit0 up', ['sit']],
  ['ip route add 10.6.0.0/16 dev gre0', ['ip_gre']],
  ['ip route add 10.6.0.0/16 dev eth0', []],
  ['ip rule add pref 5 iif tunl0', []],
])('%s needs the modules %j', (line, modules) => {
  expect(ipModules(entry(line))).toEqual(modules);
});

test.each([
  [
    'a route that the kernel makes for an address',
    'route add unicast 10.0.0.0/24 dev eth0 table 254 proto 2 scope 253',
    true,
  ],
  [
    'a route that a router announced',
    '-6 route add unicast default via fe80::1 dev eth0 table 254 proto 9 scope 0 metric 1024',
    true,
  ],
  ['an address that a server lent', 'addr add 10.0.0.9/24 scope 0 dev eth0 # dynamic', true],
  [
    'the address of a link by its hardware',
    '-6 addr add fe80::24b6:59ff:fe63:dd84/64 scope 253 dev eth0',
    true,
  ],
  ['a link-local address that somebody gave', '-6 addr add fe80::1/64 scope 253 dev eth0', false],
  ['an address that somebody gave', 'addr add 10.0.0.9/24 scope 0 dev eth0', false],
  ['a route that somebody made', 'route add unicast 10.0.0.0/24 dev eth0 table 254 proto 3 scope 253', false],
])('%s is kept by others: %s, %s', (_what, line, isKept) => {
  const [live] = parseIp(`${line}\n`);
  expect(live?.isDynamic === true).toBe(isKept);
});

test('what no part could say is nobody’s business, and of two under one key the first decides', () => {
  const section = [
    'route add unicast 10.0.0.0/24 dev eth0 table 254 proto 3 scope 253 realm 3',
    'rule add pref 5 from all lookup 80',
    'rule add pref 5 from all lookup 90',
    'link add eth0 type other',
  ];
  expect(parseIp(section.map((line) => `${line}\n`).join('')).map(({ key, value }) => [key, value])).toEqual([
    ['link eth0', 'type other'],
    ['routing-rule ipv4 pref 5 from all', 'lookup 80'],
  ]);
});

describe('the steps', () => {
  const added = (line: string): EntryChange => ({ kind: 'entry', after: entry(line) });
  const gone = (line: string): EntryChange => ({ kind: 'entry', before: entry(line) });

  test('make what is new from the ground up, and remove in reverse', () => {
    const lines = [
      'ip rule add pref 5 table 80',
      'ip route add default via 10.0.0.9 table 80',
      'ip addr add 10.0.0.1/24 dev d0',
      'ip link set d0 up',
      'ip link add d0 type dummy',
    ];
    const { first, last } = planIp([
      ...lines.map(added),
      ...lines.map((line) => gone(line.replaceAll('d0', 'd1').replace('80', '90'))),
    ]);
    expect(first.map(({ name, forward, inverse }) => [name, forward, inverse])).toEqual([
      ['ip link', 'link add d0 type dummy\nlink set d0 up\n', 'link set d0 down\nlink del d0 type dummy\n'],
      ['ip addr', 'addr add 10.0.0.1/24 scope 0 dev d0\n', 'addr del 10.0.0.1/24 scope 0 dev d0\n'],
      [
        'ip route',
        'route add unicast default via 10.0.0.9 table 80 proto 3 scope 0\n',
        'route del unicast default via 10.0.0.9 table 80 proto 3 scope 0\n',
      ],
      ['ip rule', 'rule add pref 5 from all lookup 80\n', 'rule del pref 5 from all lookup 80\n'],
    ]);
    expect(last.map(({ name, forward }) => [name, forward])).toEqual([
      ['ip rule', 'rule del pref 5 from all lookup 90\n'],
      ['ip route', 'route del unicast default via 10.0.0.9 table 90 proto 3 scope 0\n'],
      ['ip addr', 'addr del 10.0.0.1/24 scope 0 dev d1\n'],
      ['ip link', 'link set d1 down\nlink del d1 type dummy\n'],
    ]);
  });

  test.each([
    [
      'an address by taking it off and putting it back',
      ['ip addr add 10.0.0.1/24 dev v0', 'ip addr add 10.0.0.1/24 brd + dev v0'],
      'addr del 10.0.0.1/24 scope 0 dev v0\naddr add 10.0.0.1/24 brd 10.0.0.255 scope 0 dev v0\n',
    ],
    [
      'a route at one blow',
      ['ip route add default via 10.0.0.1', 'ip route add blackhole default'],
      'route replace blackhole default table 254 proto 3 scope 0\n',
    ],
    [
      'a rule by putting the new one beside it first',
      ['ip -6 rule add pref 5 table 80', 'ip -6 rule add pref 5 table 90'],
      '-6 rule add pref 5 from all lookup 90\n-6 rule del pref 5 from all lookup 80\n',
    ],
  ])('change %s', (_what, [was = '', will = ''], forward) => {
    const { first, last } = planIp([{ kind: 'entry', before: entry(was), after: entry(will) }]);
    expect(first.map((step) => step.forward)).toEqual([forward]);
    expect(last).toEqual([]);
  });
});

function linesOf({ subsystems }: FakeHost): string[] {
  return subsystems.ip.read().split('\n').filter(Boolean).sort();
}
