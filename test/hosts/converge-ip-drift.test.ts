// Links, addresses, routes and rules on a real host over SSH: drift of each kind, what others hold, and what a plan refuses.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { errorOf } from '../converge/scenario';
import { IP_PARTS, IpLab } from './fixtures/ip-hosts';
import type { IpHost } from './fixtures/ip-hosts';

let lab: IpLab;
let host: IpHost;

beforeAll(async () => {
  lab = await IpLab.up(['dash']);
  host = await lab.open('dash');
});

beforeEach(async () => {
  await host.begin();
});

afterAll(async () => {
  host.subject.close();
  await lab.down();
});

test.each([
  [
    'an address',
    ['addr del 10.1.0.102/24 dev eth0'],
    '10-addresses',
    'ip addr add 10.1.0.102/24 dev eth0 label eth0:vip',
  ],
  ['a route', ['route del 10.5.88.0/24'], '20-routes', 'ip route add 10.5.88.0/24 via 10.1.0.7'],
  [
    'a route of a table',
    ['route del default table 80'],
    '20-routes',
    'ip route add default via 10.1.0.9 table 80',
  ],
  [
    'a route of IPv6',
    ['-6 route del 2001:db8:5::/48'],
    '20-routes',
    'ip -6 route add 2001:db8:5::/48 via 2001:db8:2::9 src 2001:db8:2::1',
  ],
  ['a rule', ['rule del pref 80'], '30-rules', 'ip rule add pref 80 from 10.1.0.101 table 80'],
])('%s that somebody removed is shown as its line and comes back', async (_name, hand, part, line) => {
  await host.scenario.apply(IP_PARTS);
  const applied = await host.state();
  await host.hand(...hand);
  const text = IP_PARTS[part] ?? '';
  expect(text.split('\n')).toContain(line);
  expect(await host.scenario.refresh()).toEqual({
    ...IP_PARTS,
    [part]: text
      .split('\n')
      .filter((each) => each !== line)
      .join('\n'),
  });
  await host.scenario.apply(IP_PARTS);
  expect(await host.scenario.refresh()).toEqual(IP_PARTS);
  expect(await host.state()).toEqual(applied);
  await host.scenario.destroy();
  expect(await host.state()).toEqual(host.before);
});

test.each([
  [
    'a route',
    ['route replace 10.5.88.0/24 via 10.1.0.6'],
    '20-routes',
    'ip route add 10.5.88.0/24 via 10.1.0.7',
    'ip route add 10.5.88.0/24 via 10.1.0.6 dev eth0',
  ],
  [
    'a rule',
    ['-6 rule del pref 80', '-6 rule add pref 80 fwmark 7 lookup 90'],
    '30-rules',
    'ip -6 rule add pref 80 fwmark 7 table 80',
    'ip -6 rule add pref 80 fwmark 0x7 lookup 90',
  ],
  [
    'an address',
    ['addr del 10.1.0.102/24 dev eth0', 'addr add 10.1.0.102/24 dev eth0'],
    '10-addresses',
    'ip addr add 10.1.0.102/24 dev eth0 label eth0:vip',
    'ip addr add 10.1.0.102/24 dev eth0',
  ],
  [
    'an address of IPv6',
    ['-6 addr del 2001:db8:2::1/64 dev eth1', '-6 addr add 2001:db8:2::1/128 dev eth1'],
    '10-addresses',
    'ip addr add 2001:db8:2::1/64 nodad dev eth1',
    'ip -6 addr add 2001:db8:2::1/128 dev eth1',
  ],
])(
  '%s that somebody changed is shown as it is, and is changed back',
  async (_name, hand, part, line, live) => {
    await host.scenario.apply(IP_PARTS);
    const applied = await host.state();
    await host.hand(...hand);
    const refreshed = await host.scenario.refresh();
    expect(refreshed[part]).toBe(IP_PARTS[part]?.replace(line, live));
    await host.scenario.apply(IP_PARTS);
    expect(await host.scenario.refresh()).toEqual(IP_PARTS);
    expect(await host.state()).toEqual(applied);
    await host.scenario.destroy();
    expect(await host.state()).toEqual(host.before);
  },
);

test('a link that somebody took down is shown and comes up, with the routes of others', async () => {
  const parts = { a: 'ip link set eth1 up', b: 'ip route add 10.6.0.0/16 dev eth1' };
  await host.scenario.apply(parts);
  const applied = await host.state();
  await host.hand('link set eth1 down');
  expect(await host.scenario.refresh()).toEqual({});
  await host.scenario.apply(parts);
  expect(await host.scenario.refresh()).toEqual(parts);
  // Those of others were lost when it went down, and are theirs to restore.
  await host.hand('route add 10.98.0.0/16 dev eth1 table 7');
  expect(await host.state()).toEqual(applied);
  await host.scenario.destroy();
  expect(await host.state()).toEqual(host.before);
});

test('a route by an address of IPv6 that the kernel still asks about waits for it', async () => {
  const parts = {
    a: 'ip -6 addr add 2001:db8:9::1/64 dev eth1',
    b: 'ip -6 route add 2001:db8:8::/48 via 2001:db8:9::9 src 2001:db8:9::1',
  };
  await host.scenario.apply(parts);
  expect(await host.scenario.refresh()).toEqual(parts);
  await host.scenario.destroy();
  expect(await host.state()).toEqual(host.before);
});

test('what stood there already and is equal is taken over, and stays at the end', async () => {
  const parts = {
    a: [
      'ip addr add 10.1.0.50/24 dev eth0',
      'ip route add 10.99.0.0/16 via 10.1.0.8',
      'ip rule add pref 70 from 10.3.0.0/24 lookup 7',
      'ip link set eth0 up',
    ].join('\n'),
  };
  await host.scenario.apply(parts);
  expect(await host.scenario.refresh()).toEqual(parts);
  await host.scenario.destroy();
  expect(await host.state()).toEqual(host.before);
});

test.each([
  [
    'a device that the host lacks',
    'ip addr add 10.9.0.1/24 dev eht1',
    { code: 'unknown-device', fix: 'if eth1 is meant, write it so' },
  ],
  ['a route of others', 'ip route add 10.99.0.0/16 via 10.1.0.7', { code: 'foreign-entry' }],
  ['a rule of others', 'ip rule add pref 70 from 10.3.0.0/24 lookup 8', { code: 'foreign-entry' }],
  [
    'a network that an address already brings',
    'ip route add 10.1.0.0/24 dev eth0',
    { code: 'foreign-entry' },
  ],
  [
    'a gateway that cannot be reached',
    'ip route add 10.5.0.0/16 via 172.31.0.1',
    { code: 'refused-by-host' },
  ],
  [
    'a source that the host does not have',
    'ip route add 10.5.0.0/16 via 10.1.0.7 src 10.8.0.1',
    { code: 'refused-by-host' },
  ],
  ['a link of a type that this kernel cannot make', 'ip link add d0 type dummy', { code: 'missing-module' }],
  ['the device of a module that this kernel lacks', 'ip link set tunl0 up', { code: 'missing-module' }],
])('the plan refuses %s, and names the line', async (_name, line, problem) => {
  const error = await errorOf(host.scenario.plan({ a: `# first\n${line}` }));
  expect(error).toMatchObject({ problems: [{ ...problem, at: 'part "a", line 2' }] });
  expect(await host.state()).toEqual(host.before);
});
