// The contract of hosts: conntrack entries go when a transaction has ended, those that were named for that end and no other.
import { describe, expect, test } from 'vitest';
import type { FakeConntrackEntry } from '../fakes/fake-conntrack';
import type { Subject } from './subject';
import { MARK, question, run, step, transaction } from './transactions';

const entry = (client: string, to: string, answeredBy: string): FakeConntrackEntry => ({
  family: client.startsWith('[') ? 'ipv6' : 'ipv4',
  client,
  to,
  answeredBy,
});

const ENTRIES: Readonly<Record<string, FakeConntrackEntry>> = {
  first: entry('10.0.0.1:40001', '10.96.0.10:53', '10.5.0.1:5353'),
  'first for another client': entry('10.0.0.2:40001', '10.96.0.10:53', '10.5.0.1:5353'),
  second: entry('10.0.0.1:40002', '10.96.0.10:53', '10.5.0.2:5353'),
  'other service': entry('10.0.0.1:40003', '10.96.0.11:53', '10.5.0.1:5353'),
  'other port': entry('10.0.0.1:40004', '10.96.0.10:54', '10.5.0.1:5354'),
  straight: entry('10.0.0.1:40005', '10.5.0.1:5353', '10.5.0.1:5353'),
  untranslated: entry('10.0.0.1:40006', '10.96.0.10:53', '10.96.0.10:53'),
  'to the host': entry('127.0.0.1:40007', '127.0.0.1:53', '127.0.0.1:53'),
  'of IPv6': entry('[fd00::1]:40001', '[fd00::10]:53', '[fd00::5]:5353'),
  'to the host by IPv6': entry('[::1]:40002', '[::1]:53', '[::1]:53'),
};

const NAMES_SECOND = 'gone ipv4 10.96.0.10 53 53 10.5.0.2 5353\n';

function allBut(...names: readonly string[]): ReadonlySet<FakeConntrackEntry> {
  const left = Object.entries(ENTRIES).filter(([name]) => !names.includes(name));
  return new Set(left.map(([, each]) => each));
}

export function conntrackContract(subject: () => Subject): void {
  describe('stale conntrack entries', () => {
    test.each<[string, readonly string[], readonly string[]]>([
      ['that nothing names stay', [], []],
      [
        'go by destination and endpoint, whoever the client is',
        ['gone ipv4 10.96.0.10 53 53 10.5.0.1 5353'],
        ['first', 'first for another client'],
      ],
      [
        'go by the endpoint alone, where the destination was any',
        ['gone ipv4 - 53 53 10.5.0.1 5353'],
        ['first', 'first for another client', 'other service'],
      ],
      [
        'go by a range of ports, and where the endpoint keeps the port',
        ['gone ipv4 10.96.0.10 54 60 10.5.0.1 -'],
        ['other port'],
      ],
      [
        'stay where something else still leads there',
        ['gone ipv4 - 53 53 10.5.0.1 5353', 'but ipv4 10.96.0.10 53 53 10.5.0.1 5353'],
        ['other service'],
      ],
      ['go where nothing had translated them', ['untranslated ipv4 10.96.0.10 53 53'], ['untranslated']],
      [
        "go where nothing had translated them, of the host's own addresses where none is named",
        ['untranslated ipv4 - 53 53', 'untranslated ipv6 - 53 53'],
        ['to the host', 'to the host by IPv6'],
      ],
      ['of IPv6 go by themselves', ['gone ipv6 fd00::10 53 53 fd00::5 5353'], ['of IPv6']],
      ['of IPv6 stay where IPv4 is meant', ['gone ipv4 - 53 53 fd00::5 5353'], []],
    ])('%s', async (_what, stale, gone) => {
      await subject().track(Object.values(ENTRIES));
      const kept = stale.map((line) => `${line}\n`).join('');
      const given = { ...transaction([]), stale: { kept, undone: NAMES_SECOND } };
      expect(await run(subject().host, given)).toEqual({ kind: 'kept' });
      expect(new Set(await subject().tracked())).toEqual(allBut(...gone));
    });

    test('go by other lines where a transaction is undone', async () => {
      await subject().track(Object.values(ENTRIES));
      const made = step('nat', [`-A POSTROUTING ${MARK}`], [`-D POSTROUTING ${MARK}`]);
      const stale = { kept: 'gone ipv4 10.96.0.10 53 53 10.5.0.1 5353\n', undone: NAMES_SECOND };
      const outcome = await run(subject().host, { ...transaction([made]), stale });
      expect(outcome).toMatchObject({ kind: 'failed', step: 'verify', undone: true });
      expect(new Set(await subject().tracked())).toEqual(allBut('second'));
    });

    test('can be deleted: a reading tells', async () => {
      expect(await subject().host.read(question())).toMatchObject({ hasConntrack: true });
    });
  });
}
