// One transaction over every subsystem on a host with a kernel of its own: applied, drifted, repaired, destroyed. converge-broken.long.test.ts breaks it.
import { expect, test, vi } from 'vitest';
import type { Parts } from '../../lib/model/declaration';
import { otherPartsOn, partsOn } from '../converge/all-parts';
import { allSubsystemsHost, DEVICE } from './fixtures/all-subsystems-host';

const PARTS = partsOn(DEVICE);
const OTHER = otherPartsOn(DEVICE);

/** A kernel of its own forks slowly. */
vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });

const { hand, state, scenario: current } = allSubsystemsHost();

test('what is applied reads back as it was written, changes to other parts, and goes with nothing left behind', async () => {
  await current().apply(PARTS);
  expect(await current().refresh()).toEqual(PARTS);
  expect(await current().wording(PARTS)).toBe('prior');
  await current().apply(OTHER);
  expect(await current().refresh()).toEqual(OTHER);
  expect(await current().wording(OTHER)).toBe('prior');
});

test('each hand on what is ours is shown by its line and repaired in one apply', async () => {
  await current().apply(PARTS);
  await current().refresh();
  const applied = await state();
  await hand(['ip', 'addr', 'del', '10.96.0.10/32', 'dev', 'gw0']);
  await hand(['ip', 'route', 'del', '10.41.0.0/16']);
  await hand(['ip', 'rule', 'del', 'pref', '80']);
  await hand(['ipset', 'del', 'GW-CLIENTS', '10.40.0.0/16']);
  await hand(['ipset', 'add', 'GW-SIX', 'fd00::66']);
  await hand(
    ['ipvsadm', '-R'],
    '-e -t 10.96.0.10:80 -r 182.16.100.11:80 -m -w 9\n-E -t 10.96.0.10:80 -s lc\n',
  );
  await hand(['iptables', '-D', 'GW-FORWARD', '1']);
  await hand(['ip6tables', '-P', 'FORWARD', 'ACCEPT']);
  await hand(['sysctl', '-w', 'net.ipv4.ip_forward=0']);
  expect(differences(PARTS, await current().refresh())).toEqual([
    '- sysctl net.ipv4.ip_forward=1',
    '- ip addr add 10.96.0.10/32 dev gw0',
    `- ip route add 10.41.0.0/16 via 182.16.100.9 dev ${DEVICE}`,
    '- ip rule add pref 80 fwmark 0x8 lookup 80',
    '+ sysctl net.ipv4.ip_forward=0',
    '- ipset add GW-CLIENTS 10.40.0.0/16',
    '- ipvsadm -A -t 10.96.0.10:80 -s wrr',
    '- ipvsadm -a -t 10.96.0.10:80 -r 182.16.100.11:80 -m',
    '+ ipvsadm -A -t 10.96.0.10:80 -s lc',
    '+ ipvsadm -a -t 10.96.0.10:80 -r 182.16.100.11:80 -m -w 9',
    '- iptables -A GW-FORWARD -m set ! --match-set GW-CLIENTS src -j DROP',
    '- ip6tables -P FORWARD DROP',
    '+ ip6tables -t filter -P FORWARD ACCEPT',
    '+ ipset add GW-SIX fd00::66',
  ]);
  await current().apply(PARTS);
  expect(await current().refresh()).toEqual(PARTS);
  expect(await state()).toEqual(applied);
});

/** `-` and `+` lines, part by part; what nobody declared comes last. */
function differences(before: Parts, after: Parts): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [old, now] = [before[name], after[name]].map((text) => (text ?? '').split('\n').filter(Boolean));
    return [
      ...(old ?? []).filter((line) => now?.includes(line) !== true).map((line) => `- ${line}`),
      ...(now ?? []).filter((line) => old?.includes(line) !== true).map((line) => `+ ${line}`),
    ];
  });
}
