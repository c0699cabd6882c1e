// The contract of hosts about ip6tables beside iptables: readings, transactions over both, proofs.
import { describe, expect, test } from 'vitest';
import { toLiveChains } from '../../lib/converge/live';
import type { Transaction } from '../../lib/converge/host';
import type { Subject } from './subject';
import { chainsOf } from './subject';
import type { Step } from './transactions';
import { MARK, question, restore, run, step, transaction } from './transactions';

const NEW = ':GW-A - [0:0]';
const V4 = step('nat', [NEW, '-A GW-A -s 10.0.0.1/32 -j RETURN'], [NEW, '-X GW-A']);
const V6 = step6(
  'nat',
  [NEW, '-A GW-A -s fd00::1/128 -j RETURN', `-I OUTPUT 1 ${MARK} -j GW-A`],
  [NEW, `-D OUTPUT ${MARK} -j GW-A`, '-X GW-A'],
);
const EXPECTED4 = ['nat GW-A 000000 :', 'nat GW-A 000001 -s 10.0.0.1/32 -j RETURN'];
const EXPECTED6 = [
  'nat GW-A 000000 :',
  'nat GW-A 000001 -s fd00::1/128 -j RETURN',
  `nat OUTPUT 000001 ${MARK} -j GW-A`,
];
const OTHERS = ['-A OUTPUT -s fd00::99/128 -j ACCEPT'];

export function ipv6Contract(subject: () => Subject): void {
  const rules6 = async (chain: string, table = 'nat'): Promise<readonly string[] | undefined> =>
    toLiveChains(await subject().save6(), 'ipv6').get(`ipv6 ${table} ${chain}`)?.rules;

  describe('a reading', () => {
    test('has the rules of ip6tables where they are asked for, and only there', async () => {
      await subject().hand6(restore('nat', NEW, '-A GW-A -s fd00::1/128 -j RETURN'));
      const asked = await subject().host.read(question({ reads: ['ipv6'] }));
      const chains = toLiveChains(asked.sections.get('ipv6') ?? '', 'ipv6');
      expect(chains.get('ipv6 nat GW-A')?.rules).toEqual(['-s fd00::1/128 -j RETURN']);
      const unasked = await subject().host.read(question());
      expect([...unasked.sections.keys()]).toEqual([]);
    });
  });

  describe('a transaction over both families', () => {
    test('makes chains of one name in each', async () => {
      await subject().hand6(restore('nat', ...OTHERS));
      expect(await run(subject().host, both([V4, V6], EXPECTED6))).toEqual({ kind: 'kept' });
      expect(await chainsOf(subject())).toEqual({ 'ipv4 nat GW-A': ['-s 10.0.0.1/32 -j RETURN'] });
      expect(await rules6('GW-A')).toEqual(['-s fd00::1/128 -j RETURN']);
      expect(await rules6('OUTPUT')).toEqual([`${MARK} -j GW-A`, '-s fd00::99/128 -j ACCEPT']);
    });

    test('that ip6tables refuses is undone in iptables too', async () => {
      await subject().hand6(restore('nat', ...OTHERS));
      const bad = step6('nat', [NEW, '-A GW-A -m nosuch -j RETURN'], [NEW, '-X GW-A']);
      expect(await run(subject().host, both([V4, bad], EXPECTED6))).toMatchObject({
        kind: 'failed',
        step: 'ip6tables -t nat',
        undone: true,
      });
      expect(await chainsOf(subject())).toEqual({});
      expect(await rules6('GW-A')).toBeUndefined();
      expect(await rules6('OUTPUT')).toEqual(['-s fd00::99/128 -j ACCEPT']);
    });

    test('is undone in both where ip6tables holds something else afterwards', async () => {
      await subject().hand6(restore('nat', ...OTHERS));
      const outcome = await run(subject().host, both([V4, V6], EXPECTED6.slice(1)));
      expect(outcome).toMatchObject({ kind: 'failed', step: 'verify', undone: true });
      expect(await chainsOf(subject())).toEqual({});
      expect(await rules6('GW-A')).toBeUndefined();
      expect(await rules6('OUTPUT')).toEqual(['-s fd00::99/128 -j ACCEPT']);
    });

    test('is undone in ip6tables also where what the inverse relies on is gone', async () => {
      const late = { ...V6, inverse: V6.inverse.replace(NEW, `${NEW}\n-D OUTPUT -s fd00::98/128 -j ACCEPT`) };
      const broken = step('nat', ['-A POSTROUTING -m nosuch'], []);
      expect(await run(subject().host, both([late, broken], EXPECTED6))).toMatchObject({
        kind: 'failed',
        undone: true,
      });
      expect(await rules6('GW-A')).toBeUndefined();
    });

    test('sets a policy of ip6tables, and leaves that of iptables', async () => {
      const drop = step6('filter', [':FORWARD DROP [0:0]'], [':FORWARD ACCEPT [0:0]']);
      const given = both([drop], ['filter FORWARD policy DROP'], []);
      expect(await run(subject().host, given)).toEqual({ kind: 'kept' });
      expect(await subject().save6()).toMatch(/^:FORWARD DROP/m);
      expect(await chainsOf(subject())).toEqual({});
    });
  });

  describe('a proof over both families', () => {
    test('gives the words of each tool', async () => {
      const proof = await subject().host.prove({
        ipv4: restore('filter', '-A INPUT -s 10.0.0.1 -j DROP'),
        ipv6: restore('filter', '-A INPUT -s fd00:0:0::1 -p icmpv6 --icmpv6-type ping -j DROP'),
      });
      const saves = proof.kind === 'proved' ? proof.saves : new Map<string, string>();
      expect(saves.get('ipv4')).toContain('-A INPUT -s 10.0.0.1/32 -j DROP\n');
      expect(saves.get('ipv6')).toContain(
        '-A INPUT -s fd00::1/128 -p ipv6-icmp -m icmp6 --icmpv6-type 128 -j DROP\n',
      );
    });

    test('says which of them refuses, and leaves the host as it is', async () => {
      const proof = await subject().host.prove({
        ipv4: restore('filter', '-A INPUT -j DROP'),
        ipv6: restore('filter', '-A INPUT -j DROP', '-A INPUT -m nosuch -j DROP'),
      });
      expect(proof).toMatchObject({ kind: 'refused', stage: 'ipv6' });
      expect(await rules6('INPUT', 'filter')).toBeOneOf([undefined, []]);
    });
  });
}

function step6(table: string, forward: readonly string[], inverse: readonly string[]): Step {
  return { ...step(table, forward, inverse), name: `ip6tables -t ${table}`, kind: 'ipv6' };
}

/** Of table nat in both; of a policy where no chain is expected in iptables. */
function both(
  steps: readonly Step[],
  ipv6: readonly string[],
  ipv4: readonly string[] = steps.includes(V4) ? EXPECTED4 : [],
): Transaction {
  const given = transaction(steps, { watch: ['own nat GW-A'], ipv4 });
  const watch = ['mark gatewright:default', 'own nat GW-A', ...policiesIn(ipv6)];
  const rules6 = { watch: lines(watch), lines: lines(ipv6) };
  return { ...given, expected: { ...given.expected, rules: { ...given.expected.rules, ipv6: rules6 } } };
}

function policiesIn(expected: readonly string[]): string[] {
  return expected.flatMap((line) => {
    const [, at] = /^(\S+ \S+) policy /.exec(line) ?? [];
    return at === undefined ? [] : [`policy ${at}`];
  });
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
