// The contract of hosts about links, addresses, routes and rules: run against the host in memory and against lab hosts.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Host, Outcome, Transaction } from '../../lib/converge/host';
import type { Step } from '../../lib/converge/plan';
import { NEVER, question, step, transaction } from './transactions';

/** Devices lo, eth0 with 192.0.2.6/24, and eth1, all up; nothing else. */
export interface IpSubject {
  readonly host: Host;
  /** Somebody else's hand: lines behind `ip`, each on its own. */
  hand(...lines: readonly string[]): Promise<void>;
  reset(): Promise<void>;
}

const VIP = 'addr add 192.0.2.101/24 scope 0 dev eth0';
const LABELLED = 'addr add 192.0.2.101/24 scope 0 label eth0:x dev eth0';
const SIX = '-6 addr add 2001:db8::1/64 scope 0 nodad dev eth1';
const ROUTE = 'route add unicast 10.5.0.0/16 via 192.0.2.9 dev eth0 table 254 proto 3 scope 0';
const BARE = 'route add unicast 10.5.0.0/16 via 192.0.2.9 table 254 proto 3 scope 0';
const ELSEWHERE = BARE.replace('10.5.0.0/16', '10.6.0.0/16');
const OTHER_WAY = 'route add unicast 10.5.0.0/16 via 192.0.2.8 dev eth0 table 254 proto 3 scope 0';
const BY_VIP = 'route add unicast default via 192.0.2.9 dev eth0 table 80 proto 3 scope 0 src 192.0.2.101';
const DIRECT =
  '-6 route add unicast 2001:db8:5::/48 via 2001:db8::9 dev eth1 table 254 proto 3 scope 0 metric 1024';
const DEAD_END = 'route add unreachable 10.66.0.0/16 table 254 proto 3 scope 0';
const RULE = 'rule add pref 80 from 192.0.2.101 lookup 80';
const RULE_SIX = '-6 rule add pref 80 from all fwmark 0x7 blackhole';

/** Makes the suite for one kind of host. */
export function ipContract(subject: () => IpSubject): void {
  beforeEach(() => subject().reset());

  const read = async (): Promise<string[]> => {
    const { sections } = await subject().host.read(question({ reads: ['ip'] }));
    return linesOf(sections.get('ip') ?? '');
  };
  /** What came to what the host began with, and what went; of the kernel's own routes nothing. */
  const changeSince = async (before: readonly string[]): Promise<string[]> => {
    const after = await read();
    const isOurs = (line: string): boolean => !line.includes(' proto 2 ');
    return [
      ...after.filter((line) => isOurs(line) && !before.includes(line)),
      ...before.filter((line) => isOurs(line) && !after.includes(line)).map((line) => `gone: ${line}`),
    ].sort();
  };
  const run = (given: Transaction): Promise<Outcome> =>
    subject().host.transact(question({ reads: ['ip'] }), () => given, NEVER);

  describe('a reading of ip', () => {
    test('has devices, addresses, routes and rules as the lines that would make them', async () => {
      const before = await read();
      expect(before).toEqual(
        expect.arrayContaining([
          'link add eth0 type other',
          'link set eth0 up',
          'addr add 192.0.2.6/24 scope 0 dev eth0',
          'route add unicast 192.0.2.0/24 dev eth0 table 254 proto 2 scope 253 src 192.0.2.6',
          'rule add pref 32766 from all lookup 254',
          '-6 rule add pref 32766 from all lookup 254',
        ]),
      );
      await subject().hand(VIP, SIX, BARE, BY_VIP, DIRECT, DEAD_END, RULE, RULE_SIX);
      expect(await changeSince(before)).toEqual(
        [VIP, SIX, ROUTE, BY_VIP, DIRECT, DEAD_END, RULE, RULE_SIX].sort(),
      );
    });
  });

  describe('a transaction on ip', () => {
    test('makes all of it and removes it again, a device named or left to the kernel', async () => {
      const before = await read();
      const made = [VIP, SIX, BARE, BY_VIP, DIRECT, DEAD_END, RULE, RULE_SIX];
      expect(await run(ipTransaction([ipStep(made, [])], made, []))).toEqual({ kind: 'kept' });
      expect(await changeSince(before)).toEqual(
        [VIP, SIX, ROUTE, BY_VIP, DIRECT, DEAD_END, RULE, RULE_SIX].sort(),
      );
      const gone = [...made].reverse().map(removed);
      expect(await run(ipTransaction([ipStep(gone, made)], [], made))).toEqual({ kind: 'kept' });
      expect(await changeSince(before)).toEqual([]);
    });

    test('changes a route in its place, and an address with what leans on it', async () => {
      await subject().hand(VIP, ROUTE, BY_VIP);
      const before = await read();
      const forward = [removed(VIP), LABELLED];
      const steps = [
        ipStep(forward, [removed(LABELLED), VIP]),
        ipStep([replaced(OTHER_WAY)], [replaced(ROUTE)]),
      ];
      expect(await run(ipTransaction(steps, [LABELLED, OTHER_WAY], [VIP, ROUTE]))).toEqual({ kind: 'kept' });
      expect(await changeSince(before)).toEqual(
        [LABELLED, OTHER_WAY, `gone: ${VIP}`, `gone: ${ROUTE}`].sort(),
      );
    });

    test('leaves the addresses and routes of others where one that they lean on goes', async () => {
      const first = 'addr add 10.7.0.1/24 scope 0 dev eth1';
      const theirs = [
        'addr add 10.7.0.2/24 scope 0 dev eth1',
        'route add unicast 10.97.0.0/16 via 10.7.0.9 dev eth1 table 7 proto 3 scope 0',
      ];
      await subject().hand(first, ...theirs);
      const before = await read();
      expect(await run(ipTransaction([ipStep([removed(first)], [first])], [], [first]))).toEqual({
        kind: 'kept',
      });
      expect(await changeSince(before)).toEqual([`gone: ${first}`]);
    });

    test.each([
      ['an address that is there', 'addr add 192.0.2.6/24 scope 0 dev eth0', /File exists|already assigned/],
      ['an address on no device', 'addr add 192.0.2.7/24 scope 0 dev nosuch', /Cannot find device "nosuch"/],
      [
        'an address that is not there',
        'addr del 192.0.2.77/24 scope 0 dev eth0',
        /Cannot assign requested address|Address not found/,
      ],
      [
        'a gateway that cannot be reached',
        ELSEWHERE.replace('192.0.2.9', '172.31.0.9'),
        /Nexthop has invalid gateway/,
      ],
      ['a source that is not there', `${ELSEWHERE} src 192.0.2.55`, /Invalid prefsrc address/],
      ['a route that is there', ROUTE, /File exists/],
      [
        'a route by a device that is not there',
        'route add unicast 10.8.0.0/16 dev nosuch table 254 proto 3 scope 253',
        /Cannot find device "nosuch"/,
      ],
      ['the removal of a route that is not there', removed(OTHER_WAY), /No such process/],
      ['the removal of a rule that is not there', removed(RULE), /No such file or directory/],
      ['words that ip does not know', 'route add unicast 10.8.0.0/16 dev eth0 tabel 5', /./],
    ])('that is refused %s is undone, with what came before it', async (_what, bad, words) => {
      await subject().hand(ROUTE);
      const before = await read();
      const given = ipTransaction(
        [ipStep([VIP, SIX, bad, RULE_SIX], [RULE_SIX, SIX, VIP].map(removed))],
        [VIP, SIX, RULE_SIX],
        [],
      );
      const outcome = await run(given);
      expect(outcome).toMatchObject({ kind: 'failed', step: 'ip', undone: true });
      expect(outcome.kind === 'failed' ? outcome.message : '').toMatch(words);
      expect(await changeSince(before)).toEqual([]);
    });

    test('is undone where a later step fails', async () => {
      await subject().hand(VIP, BY_VIP, RULE);
      const before = await read();
      const broken = step('nat', ['-A POSTROUTING -m nosuch'], []);
      const steps = [ipStep([RULE, BY_VIP, VIP].map(removed), [VIP, BY_VIP, RULE]), broken];
      expect(await run(ipTransaction(steps, [], [VIP, BY_VIP, RULE]))).toMatchObject({
        kind: 'failed',
        step: 'iptables -t nat',
        undone: true,
      });
      expect(await changeSince(before)).toEqual([]);
    });

    test.each([
      ['itself stops half-way', [ipStep([removed(VIP), removed(OTHER_WAY)], [VIP])]],
      [
        'is followed by one that fails',
        [ipStep([removed(VIP)], [VIP]), step('nat', ['-A POSTROUTING -m nosuch'], [])],
      ],
    ])('that takes the source of a route of others away and %s gives it back', async (_what, steps) => {
      await subject().hand(VIP, BY_VIP);
      const before = await read();
      expect(await run(ipTransaction(steps, [], [VIP]))).toMatchObject({ kind: 'failed', undone: true });
      expect(await changeSince(before)).toEqual([]);
    });

    test('is undone where the host holds something else afterwards', async () => {
      const before = await read();
      const given = ipTransaction([ipStep([VIP], [removed(VIP)])], [LABELLED], []);
      expect(await run(given)).toMatchObject({ kind: 'failed', step: 'verify' });
      expect(await changeSince(before)).toEqual([]);
    });
  });

  describe('a proof of ip', () => {
    test('tries lines on stand-ins of the devices, beside what the host has', async () => {
      await subject().hand(VIP, ROUTE, RULE);
      const before = await read();
      const proof = await subject().host.prove({ ip: lines(VIP, SIX, BARE, BY_VIP, DIRECT, RULE, RULE_SIX) });
      expect(proof).toMatchObject({ kind: 'proved' });
      expect(await changeSince(before)).toEqual([]);
    });

    test('finds a gateway as the host does, by a route to it alone', async () => {
      await subject().hand('route add unicast 172.31.0.9 dev eth1 table 254 proto 3 scope 253');
      const away = ELSEWHERE.replace('192.0.2.9', '172.31.0.9').replace('eth0', 'eth1');
      expect(await subject().host.prove({ ip: lines(BARE, away) })).toMatchObject({ kind: 'proved' });
    });

    test.each([
      [
        'a gateway that cannot be reached',
        ELSEWHERE.replace('192.0.2.9', '172.31.0.9'),
        /Nexthop has invalid gateway/,
      ],
      ['a source that is not there', `${ELSEWHERE} src 192.0.2.55`, /Invalid prefsrc address/],
      ['a rule twice', RULE_SIX, /File exists/],
    ])('names the line that is refused, here %s', async (_what, bad, words) => {
      const proof = await subject().host.prove({ ip: lines(VIP, RULE_SIX, SIX, bad, RULE) });
      expect(proof).toMatchObject({ kind: 'refused', stage: 'ip', line: 4 });
      expect(proof.kind === 'refused' ? proof.message : '').toMatch(words);
    });
  });
}

function ipTransaction(
  steps: readonly Step[],
  present: readonly string[],
  absent: readonly string[],
): Transaction {
  const given = transaction(steps);
  const prints = (texts: readonly string[]): string =>
    lines(...[...texts].sort().map((text) => `ip ${text}`));
  return {
    ...given,
    expected: {
      ...given.expected,
      entries: { subsystems: ['ip'], present: prints(present), absent: prints(absent) },
    },
  };
}

function ipStep(forward: readonly string[], inverse: readonly string[]): Step {
  return { name: 'ip', kind: 'ip', forward: lines(...forward), inverse: lines(...inverse), changes: [] };
}

function removed(line: string): string {
  return line.replace(' add ', ' del ');
}

function replaced(line: string): string {
  return line.replace(' add ', ' replace ');
}

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
