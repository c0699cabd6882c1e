// What a proof must try of a desired state, given what the kernel already holds.
import { expect, test } from 'vitest';
import { meaningOf } from '../../lib/converge/meaning';
import { unproved } from '../../lib/converge/unproved';
import type { Live } from '../../lib/converge/live';
import { toLiveChains, withBuiltInChains } from '../../lib/converge/live';
import { EMPTY_MANIFEST } from '../../lib/converge/manifest';
import type { Parts } from '../../lib/model/declaration';
import { DEFAULT_SCOPE } from '../../lib/model/scope';
import { PARTS, Scenario } from './scenario';

/** The rules to try, as `TABLE CHAIN RULE`. */
function tried(parts: Parts, live: Live): string[] {
  const { chains } = unproved(meaningOf(DEFAULT_SCOPE, parts).desired, live);
  return [...chains.values()].flatMap(({ address, rules }) =>
    rules.map(({ text }) => `${address.table} ${address.chain} ${text}`),
  );
}

async function liveWith(parts: Parts): Promise<Live> {
  const scenario = new Scenario();
  await scenario.apply(parts);
  return {
    chains: withBuiltInChains(toLiveChains(scenario.host.kernel.save(), 'ipv4'), 'ipv4'),
    sysctls: new Map(),
    entries: new Map(),
    missingModules: [],
    manifest: EMPTY_MANIFEST,
    hasConntrack: true,
  };
}

const ANOTHER = 'iptables -t nat -A GW-SEP-B -p tcp -j DNAT --to-destination 10.5.88.3:3000';

test('what is live word for word is not tried again', async () => {
  const live = await liveWith(PARTS);
  expect(tried(PARTS, live)).toEqual([]);
  expect(unproved(meaningOf(DEFAULT_SCOPE, PARTS).desired, live).chains.size).toBe(0);
});

test('a new rule is tried with the rules that lead to it, and no others', async () => {
  const live = await liveWith(PARTS);
  expect(tried({ ...PARTS, '60-more': ANOTHER }, live)).toEqual([
    'nat PREROUTING -m comment --comment "gatewright:default" -j GW-SERVICES',
    'nat GW-SERVICES -d 10.100.100.1/32 -p tcp -m tcp --dport 7070 -j GW-SVC-WEB',
    'nat GW-SVC-WEB -j GW-SEP-B',
    'nat GW-SEP-B -p tcp -j DNAT --to-destination 10.5.88.3:3000',
  ]);
});

test('a new jump is tried with all that it leads to: a chain may be wrong for where it is reached from', async () => {
  const live = await liveWith(PARTS);
  expect(tried({ ...PARTS, '60-more': 'iptables -t nat -A OUTPUT -j GW-SVC-WEB' }, live)).toEqual([
    'nat GW-SVC-WEB -m statistic --mode random --probability 0.50000000000 -j GW-SEP-A',
    'nat GW-SVC-WEB -j GW-SEP-B',
    'nat GW-SEP-A -p tcp -j DNAT --to-destination 10.5.75.2:3000',
    'nat GW-SEP-B -p tcp -j DNAT --to-destination 10.5.88.2:3000',
    'nat OUTPUT -m comment --comment "gatewright:default" -j GW-SVC-WEB',
  ]);
});

test('a jump back is tried as the loop that it makes', async () => {
  const live = await liveWith(PARTS);
  const loop = tried({ ...PARTS, '60-more': 'iptables -t nat -A GW-SEP-A -j GW-SERVICES' }, live);
  expect(loop).toEqual(
    expect.arrayContaining([
      'nat GW-SERVICES -d 10.100.100.1/32 -p tcp -m tcp --dport 7070 -j GW-SVC-WEB',
      'nat GW-SVC-WEB -m statistic --mode random --probability 0.50000000000 -j GW-SEP-A',
      'nat GW-SEP-A -j GW-SERVICES',
    ]),
  );
});

test('a new chain is tried even where it is empty', async () => {
  const live = await liveWith(PARTS);
  const { desired } = meaningOf(DEFAULT_SCOPE, { ...PARTS, '60-more': 'iptables -N GW-EMPTY' });
  expect([...unproved(desired, live).chains.keys()]).toEqual(['ipv4 filter GW-EMPTY']);
});

test('of a host that holds nothing, all is tried', async () => {
  const live = await liveWith({});
  const { desired } = meaningOf(DEFAULT_SCOPE, PARTS);
  expect(unproved(desired, live).chains).toEqual(desired.chains);
});

test('of a set, only members that it does not have; of a list, all, since they stand in an order', async () => {
  const parts = {
    a: 'ipset create S hash:ip\nipset add S 192.0.2.1\nipset add S 192.0.2.2',
    b: 'ipset create L list:set\nipset add L S',
  };
  const { desired } = meaningOf(DEFAULT_SCOPE, parts);
  const live = await liveWith({});
  const entries = new Map([...desired.entries].map(([key, { entry }]) => [key, entry]));
  entries.delete('member S 192.0.2.2');
  expect([...unproved(desired, { ...live, entries }).entries.keys()]).toEqual([
    'set S',
    'member S 192.0.2.2',
    'set L',
    'member L S',
  ]);
});
