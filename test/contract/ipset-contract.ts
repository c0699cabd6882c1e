// The contract of hosts about sets: run against the host in memory and against lab hosts over SSH, with each shell and both back-ends.
import { beforeEach, describe, expect, test } from 'vitest';
import { fingerprint } from '../../lib/converge/ipset/set-entries';
import { parseSets } from '../../lib/converge/ipset/live-sets';
import type { Host, Outcome, Transaction } from '../../lib/converge/host';
import type { Step } from '../../lib/converge/plan';
import { NEVER, question, restore, step, transaction } from './transactions';

export interface IpsetSubject {
  readonly host: Host;
  /** Somebody else's hand: input for `ipset restore`. */
  hand(text: string): Promise<void>;
  /** No set, no rule and no file of ours is left. */
  reset(): Promise<void>;
}

const WEB = [
  'create WEB hash:ip,port comment',
  'add WEB 192.0.2.1,tcp:80',
  'add WEB 192.0.2.1,tcp:443 comment "a  b"',
];
const NETS = [
  'create NETS hash:net family inet6 maxelem 9 timeout 0 skbinfo',
  'add NETS 2001:db8::/32 timeout 0 nomatch skbmark 0x1',
];
const LIST = ['create L list:set', 'add L WEB', 'add L NETS'];
const LIST_PRINTS = ['create L list:set', 'add L WEB first', 'add L NETS after WEB'];
const ALL = [...WEB, ...NETS, ...LIST];
const PRINTS = [...WEB, ...NETS, ...LIST_PRINTS];

export function ipsetContract(subject: () => IpsetSubject): void {
  beforeEach(() => subject().reset());

  const read = async (): Promise<string[]> => {
    const { sections } = await subject().host.read(question({ reads: ['ipset'], modules: ['ip_set'] }));
    return parseSets(sections.get('ipset') ?? '')
      .map(fingerprint)
      .sort();
  };

  const run = (given: Transaction): Promise<Outcome> =>
    subject().host.transact(question({ reads: ['ipset'] }), () => given, NEVER);

  describe('a reading of sets', () => {
    test('has each set and member', async () => {
      await subject().hand(lines(...ALL));
      expect(await read()).toEqual([...PRINTS].sort());
    });

    test('of a host without sets has none', async () => {
      expect(await read()).toEqual([]);
    });
  });

  describe('a transaction on sets', () => {
    test('makes, fills, swaps and removes, and finds the prints of what it made', async () => {
      await subject().hand(lines(...WEB, 'create GOES hash:ip', 'add GOES 192.0.2.1'));
      const given = ipsetTransaction(
        [
          ipsetStep(
            [
              ...NETS,
              ...LIST,
              'create tmp hash:ip,port maxelem 7',
              'add tmp 192.0.2.9,udp:53 -exist',
              'swap tmp WEB',
              'destroy tmp -exist',
              'add NETS 2001:db8::/32 timeout 0 skbmark 0x2 -exist',
              'del NETS 2001:db8:1::/48 -exist',
              'destroy NOSUCH -exist',
              'destroy GOES',
            ],
            [],
          ),
        ],
        {
          present: [
            'create WEB hash:ip,port maxelem 7',
            'add WEB 192.0.2.9,udp:53',
            ...LIST_PRINTS,
            // What a line for a set of others need not say.
            'add L NETS anyhow',
            'add NETS 2001:db8::/32 timeout 0 skbmark 0x2',
            'add NETS 2001:db8::/32 anyhow skbmark 0x2',
          ],
          absent: [...WEB, 'create GOES hash:ip', 'add GOES 192.0.2.1'],
        },
      );
      expect(await run(given)).toEqual({ kind: 'kept' });
    });

    test('prints a timeout that runs as such, whatever is left of it, and no counters', async () => {
      const made = ['create S hash:ip timeout 600 counters', 'add S 192.0.2.1 timeout 500 packets 5 bytes 9'];
      const given = ipsetTransaction([ipsetStep(made, [])], {
        present: [
          'create S hash:ip timeout 600 counters',
          'add S 192.0.2.1 timeout running',
          'add S 192.0.2.1 anyhow',
        ],
        absent: [],
      });
      expect(await run(given)).toEqual({ kind: 'kept' });
    });

    test.each([
      ['a member that is there', 'add WEB 192.0.2.1,tcp:80', /already added/],
      ['a member of another shape', 'add WEB 192.0.2.1', /./],
      ['a member of a set that is not there', 'add NOSUCH 192.0.2.1', /does not exist/],
      ['a set that is there', 'create WEB hash:ip', /already exists/],
      ['what is gone already', 'del WEB 192.0.2.9,tcp:80', /not added/],
      ['a swap of two types', 'swap WEB NETS', /type does not match/],
      ['a set that a list holds', 'destroy WEB', /in use/],
      ['a list of lists', 'add L L', /cannot be added/],
    ])('that is refused %s is undone, what came before and after it too', async (_what, bad, words) => {
      await subject().hand(lines(...ALL));
      const given = ipsetTransaction(
        [
          ipsetStep(
            [
              'create NEW hash:ip',
              'add NEW 192.0.2.7',
              'add WEB 192.0.2.7,tcp:7',
              bad,
              'del WEB 192.0.2.1,tcp:80',
            ],
            ['add WEB 192.0.2.1,tcp:80 -exist', 'del WEB 192.0.2.7,tcp:7 -exist', 'destroy NEW -exist'],
          ),
        ],
        { present: ['add WEB 192.0.2.7,tcp:7'], absent: ['add WEB 192.0.2.1,tcp:80'] },
      );
      const outcome = await run(given);
      expect(outcome).toMatchObject({ kind: 'failed', step: 'ipset restore', undone: true });
      expect(outcome.kind === 'failed' ? outcome.message : '').toMatch(words);
      expect(await read()).toEqual([...PRINTS].sort());
    });

    test('takes what is there or gone already behind a line that says -exist', async () => {
      await subject().hand(lines(...WEB));
      const again = [
        'del WEB 192.0.2.9,tcp:9 -exist',
        'add WEB 192.0.2.1,tcp:80',
        'create WEB hash:ip,port comment',
        'destroy NOSUCH',
      ];
      const given = ipsetTransaction([ipsetStep(again, [])], {
        present: WEB,
        absent: [],
      });
      expect(await run(given)).toEqual({ kind: 'kept' });
    });

    test('does not remove a set that a rule names', async () => {
      await subject().hand(lines(...WEB));
      const rule = step(
        'nat',
        ['-A PREROUTING -m set --match-set WEB dst,dst -m comment --comment "gatewright:default" -j ACCEPT'],
        ['-D PREROUTING -m set --match-set WEB dst,dst -m comment --comment "gatewright:default" -j ACCEPT'],
      );
      const given = ipsetTransaction([rule, ipsetStep(['destroy WEB'], WEB)], { present: [], absent: WEB });
      const outcome = await run(given);
      expect(outcome).toMatchObject({ kind: 'failed', step: 'ipset restore', undone: true });
      expect(outcome.kind === 'failed' ? outcome.message : '').toMatch(/in use/);
      expect(await read()).toEqual([...WEB].sort());
    });

    test('does not take a rule that names a set which is not there', async () => {
      const rule = step('nat', ['-A PREROUTING -m set --match-set NOSUCH src -j ACCEPT'], []);
      const outcome = await run(
        ipsetTransaction([ipsetStep(WEB, ['destroy WEB -exist']), rule], { present: WEB, absent: [] }),
      );
      expect(outcome).toMatchObject({ kind: 'failed', step: 'iptables -t nat', undone: true });
      expect(await read()).toEqual([]);
    });

    test('is undone but for what others use by now', async () => {
      await subject().hand(lines(...ALL));
      const given = ipsetTransaction(
        [
          ipsetStep(
            ['create NEW hash:ip', 'create USED hash:ip', 'add L USED'],
            ['destroy USED -exist', 'destroy NEW -exist'],
          ),
        ],
        { present: ['create NOSUCH hash:ip'], absent: [] },
      );
      const outcome = await run(given);
      expect(outcome).toMatchObject({ kind: 'failed', step: 'verify', undone: false });
      expect(await read()).toEqual([...PRINTS, 'create USED hash:ip', 'add L USED after NETS'].sort());
    });

    test('is undone where the host holds something else afterwards', async () => {
      const given = ipsetTransaction([ipsetStep(WEB, ['destroy WEB -exist'])], {
        present: [...WEB, 'add WEB 192.0.2.9,tcp:80'],
        absent: [],
      });
      expect(await run(given)).toMatchObject({ kind: 'failed', step: 'verify' });
      expect(await read()).toEqual([]);
    });
  });

  describe('a proof of sets', () => {
    test('tries sets where there are none but those of others, empty', async () => {
      await subject().hand(lines('create THEIRS hash:ip', 'add THEIRS 192.0.2.1', ...WEB));
      const texts = { ipset: lines(...ALL, 'add THEIRS 192.0.2.1', 'add L THEIRS') };
      expect((await subject().host.prove(texts)).kind).toBe('proved');
      expect(await read()).toEqual([...WEB, 'create THEIRS hash:ip', 'add THEIRS 192.0.2.1'].sort());
    });

    test('names the line that is refused, in the words of ipset', async () => {
      const proof = await subject().host.prove({ ipset: lines(...WEB, 'add WEB 192.0.2.1,tcp:80', ...NETS) });
      expect(proof).toMatchObject({ kind: 'refused', stage: 'ipset', line: 4 });
      expect(proof.kind === 'refused' ? proof.message : '').toMatch(
        /^Element cannot be added to the set: it's already added/,
      );
    });

    test('of rules beside it is of both', async () => {
      const rules = restore('nat', '-A PREROUTING -m set --match-set WEB dst,dst -j ACCEPT');
      const proof = await subject().host.prove({ ipset: lines(...WEB), ipv4: rules });
      expect(proof.kind === 'proved' ? [...proof.saves.keys()] : proof).toContain('ipv4');
    });

    test('of rules alone takes the sets of the host', async () => {
      await subject().hand(lines(...WEB));
      const rules = restore('nat', '-A PREROUTING -m set --match-set WEB dst,dst -j ACCEPT');
      expect((await subject().host.prove({ ipv4: rules })).kind).toBe('proved');
      const others = restore('nat', '-A PREROUTING -m set --match-set NOSUCH dst -j ACCEPT');
      expect(await subject().host.prove({ ipv4: others })).toMatchObject({ kind: 'refused', stage: 'ipv4' });
    });
  });
}

function ipsetTransaction(
  steps: readonly Step[],
  { present, absent }: { readonly present: readonly string[]; readonly absent: readonly string[] },
): Transaction {
  const given = transaction(steps);
  const prints = (texts: readonly string[]): string =>
    [...texts]
      .sort()
      .map((text) => `ipset ${text}\n`)
      .join('');
  return {
    ...given,
    expected: {
      ...given.expected,
      entries: { subsystems: ['ipset'], present: prints(present), absent: prints(absent) },
    },
  };
}

function ipsetStep(forward: readonly string[], inverse: readonly string[]): Step {
  return {
    name: 'ipset restore',
    kind: 'ipset',
    forward: lines(...forward),
    inverse: lines(...inverse),
    changes: [],
  };
}

function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
