// The contract of hosts: failing steps, foreign hands, full disks, and two at once. The host is all old or all new.
import { describe, expect, test } from 'vitest';
import type { Transaction } from '../../lib/converge/host';
import type { Subject } from './subject';
import { chainsOf, stateOf } from './subject';
import { MARK, NEVER, question, restore, run, step, sysctlStep, transaction } from './transactions';

const STEPS = [
  step(
    'mangle',
    [':GW-M - [0:0]', '-A GW-M -j RETURN', `-I PREROUTING 1 ${MARK} -j GW-M`],
    [`-D PREROUTING ${MARK} -j GW-M`, ':GW-M - [0:0]', '-X GW-M'],
  ),
  step('nat', [`-I POSTROUTING 2 ${MARK} -j ACCEPT`], [`-D POSTROUTING ${MARK} -j ACCEPT`]),
  step('filter', [':FORWARD DROP [0:0]'], [':FORWARD ACCEPT [0:0]']),
];

const WITH_CHAIN: Transaction = transaction(
  [
    step(
      'nat',
      [':GW-A - [0:0]', '-A GW-A -j RETURN', `-I POSTROUTING 1 ${MARK} -j GW-A`],
      [`-D POSTROUTING ${MARK} -j GW-A`, ':GW-A - [0:0]', '-X GW-A'],
    ),
  ],
  {
    watch: ['own nat GW-A'],
    ipv4: ['nat GW-A 000000 :', 'nat GW-A 000001 -j RETURN', `nat POSTROUTING 000001 ${MARK} -j GW-A`],
  },
);

const FOREIGN = ['-A POSTROUTING -s 1.1.1.1/32 -j ACCEPT', '-A POSTROUTING -s 2.2.2.2/32 -j ACCEPT'];
const FOREIGN_TEXTS = ['-s 1.1.1.1/32 -j ACCEPT', '-s 2.2.2.2/32 -j ACCEPT'];

export function troubleContract(subject: () => Subject): void {
  describe('a transaction in trouble', () => {
    test.each([1, 2, 3])('is undone where step %d fails', async (n) => {
      await subject().hand(restore('nat', ...FOREIGN));
      await run(subject().host, transaction([]));
      const old = await stateOf(subject());
      await subject().failAtStep(n, STEPS);
      const outcome = await run(subject().host, transaction([...STEPS, sysctlStep('1', '0')]));
      expect(outcome).toMatchObject({ kind: 'failed', step: STEPS[n - 1]?.name, undone: true });
      expect(await stateOf(subject())).toEqual(old);
      expect(await subject().runFiles()).toEqual(['lock']);
    });

    test.each([
      ['a value that the kernel refuses', 'often'],
      ['a key that the kernel has not', undefined],
    ])('is undone where a sysctl step has %s', async (_name, value) => {
      const old = await stateOf(subject());
      const sysctl = sysctlStep(value ?? '1', '0');
      const bad = value === undefined ? { ...sysctl, forward: 'net/ipv4/nosuch 1\n' } : sysctl;
      const outcome = await run(subject().host, transaction([...STEPS.slice(0, 1), bad]));
      expect(outcome).toMatchObject({ kind: 'failed', step: bad.name, undone: true });
      expect(await stateOf(subject())).toEqual(old);
    });

    test('is undone where the kernel keeps another value of a sysctl', async () => {
      const given = transaction([sysctlStep('01', '0')], { sysctls: 'net/ipv4/ip_forward 01\n' });
      expect(await run(subject().host, given)).toMatchObject({ step: 'verify', undone: true });
      expect(await subject().readSysctl('net.ipv4.ip_forward')).toBe('0');
    });

    test.each([
      ['adds a rule to our chain', ['-A GW-A -j ACCEPT'], FOREIGN_TEXTS],
      ['deletes our rule', [`-D POSTROUTING ${MARK} -j GW-A`], FOREIGN_TEXTS],
      [
        'flushes our chain and adds a rule of its own',
        [':GW-A - [0:0]', '-A POSTROUTING -j ACCEPT'],
        [...FOREIGN_TEXTS, '-j ACCEPT'],
      ],
      ['removes our chain', [`-D POSTROUTING ${MARK} -j GW-A`, ':GW-A - [0:0]', '-X GW-A'], FOREIGN_TEXTS],
      [
        'copies our rule',
        [`-A POSTROUTING ${MARK} -j GW-A`, '-A GW-A -j ACCEPT'],
        // What is marked is ours by any reading: the copy that stands later is left, and a next plan shows it.
        undefined,
      ],
    ])('is undone where somebody %s meanwhile', async (_name, hand, left) => {
      await subject().hand(restore('nat', ...FOREIGN));
      await subject().handBeforeVerify(restore('nat', ...hand));
      const outcome = await run(subject().host, WITH_CHAIN);
      expect(outcome).toMatchObject({ kind: 'failed', step: 'verify' });
      const texts = (await chainsOf(subject()))['ipv4 nat POSTROUTING'];
      if (left !== undefined) {
        expect(outcome).toMatchObject({ undone: true });
        expect(await chainsOf(subject())).toEqual({ 'ipv4 nat POSTROUTING': left });
        expect(await subject().save()).not.toContain(':GW-A');
      } else {
        expect(texts?.slice(0, 2)).toEqual(FOREIGN_TEXTS);
      }
      expect(await subject().stateFiles()).toBeUndefined();
    });

    test('puts a rule back at the end where others removed what stood before it', async () => {
      await subject().hand(restore('nat', ...FOREIGN, `-A POSTROUTING ${MARK} -j ACCEPT`));
      await subject().handBeforeVerify(restore('nat', ...FOREIGN.map((line) => line.replace('-A', '-D'))));
      const removing = step(
        'nat',
        [`-D POSTROUTING ${MARK} -j ACCEPT`],
        [`-I POSTROUTING 3 ${MARK} -j ACCEPT`],
      );
      const outcome = await run(subject().host, transaction([removing], { ipv4: ['nat GW-NOT 000000 :'] }));
      expect(outcome).toMatchObject({ kind: 'failed', undone: true });
      expect(await chainsOf(subject())).toEqual({ 'ipv4 nat POSTROUTING': [`${MARK} -j ACCEPT`] });
    });

    test('leaves a new chain, emptied, where a rule of others came to use it', async () => {
      await subject().handBeforeVerify(restore('nat', '-A OUTPUT -j GW-A', '-A GW-A -j ACCEPT'));
      const outcome = await run(subject().host, WITH_CHAIN);
      expect(outcome).toMatchObject({ kind: 'failed', undone: true });
      expect(outcome.kind === 'failed' ? outcome.message : '').toContain('others changed this meanwhile');
      expect(await chainsOf(subject())).toEqual({ 'ipv4 nat GW-A': [], 'ipv4 nat OUTPUT': ['-j GW-A'] });
    });

    test('is undone where nothing can be remembered', async () => {
      const old = await chainsOf(subject());
      await subject().failToRemember();
      const outcome = await run(subject().host, WITH_CHAIN);
      expect(outcome).toMatchObject({ kind: 'failed', step: 'remember', undone: true });
      expect(await chainsOf(subject())).toEqual(old);
      expect(await subject().runFiles()).toEqual(['lock']);
    });

    test('keeps a second one waiting, which then reads what the first made', async () => {
      const { reached, release } = await subject().stall();
      const first = run(subject().host, WITH_CHAIN);
      await reached();
      let seen = '';
      const second = subject().second.transact(
        question(),
        ({ ipv4, manifest }) => {
          seen = `${ipv4}${manifest ?? ''}`;
          return undefined;
        },
        NEVER,
      );
      const reading = subject().second.read(question());
      await release();
      expect(await first).toEqual({ kind: 'kept' });
      expect(await second).toEqual({ kind: 'kept' });
      expect(seen).toContain('-A GW-A -j RETURN\n');
      expect(seen).toContain('{}\n');
      expect((await reading).manifest).toBe('{}\n');
    });

    test('has a second one refused that will not wait, with who and since when', async () => {
      const { reached, release } = await subject().stall();
      const first = run(subject().host, WITH_CHAIN);
      await reached();
      const hasty = question({ lockTimeoutSeconds: 0 });
      const refusal = {
        code: 'locked',
        message: expect.stringMatching(/since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC, by root/) as string,
      };
      await expect(subject().second.transact(hasty, () => WITH_CHAIN, NEVER)).rejects.toMatchObject(refusal);
      await expect(subject().second.read(hasty)).rejects.toMatchObject(refusal);
      await release();
      expect(await first).toEqual({ kind: 'kept' });
    });

    test('is given up before the first change when it is interrupted', async () => {
      const old = await stateOf(subject());
      const stopping = new AbortController();
      const decide = (): Transaction => {
        stopping.abort();
        return WITH_CHAIN;
      };
      const given = subject().host.transact(question(), decide, { signal: stopping.signal });
      await expect(given).rejects.toMatchObject({ code: 'interrupted' });
      await expect(
        subject().host.transact(question(), () => WITH_CHAIN, { signal: stopping.signal }),
      ).rejects.toMatchObject({ code: 'interrupted' });
      await subject().second.transact(question(), () => undefined, NEVER);
      expect(await stateOf(subject())).toEqual(old);
      expect(await subject().runFiles()).toEqual(['lock']);
    });

    test('is run to its end when it is interrupted while it runs', async () => {
      const { reached, release } = await subject().stall();
      const stopping = new AbortController();
      const given = subject().host.transact(question(), () => WITH_CHAIN, { signal: stopping.signal });
      await reached();
      stopping.abort();
      await release();
      expect(await given).toEqual({ kind: 'kept' });
    });
  });
}
