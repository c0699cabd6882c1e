// The contract of hosts: what a transaction does where nothing stands in its way, and how it decides.
import { describe, expect, test } from 'vitest';
import type { Reading } from '../../lib/converge/host';
import type { Subject } from './subject';
import { chainsOf, stateOf } from './subject';
import type { Step } from './transactions';
import {
  DIGEST,
  MARK,
  NEVER,
  question,
  RECORD,
  restore,
  run,
  step,
  sysctlStep,
  transaction,
} from './transactions';

interface Case {
  readonly name: string;
  /** What others did in table nat before. */
  readonly before: readonly string[];
  readonly steps: readonly Step[];
  readonly watch?: readonly string[];
  readonly expected: readonly string[];
  /** Chains that are not empty afterwards, or have another policy. */
  readonly after: Readonly<Record<string, readonly string[]>>;
}

const NEW = ':GW-A - [0:0]';

const CASES: readonly Case[] = [
  {
    name: 'makes chains that refer to each other, and a rule of ours in a built-in one',
    before: [],
    steps: [
      step(
        'nat',
        [NEW, ':GW-B - [0:0]', '-A GW-A -j GW-B', '-A GW-B -j RETURN', `-I POSTROUTING 1 ${MARK} -j GW-A`],
        [`-D POSTROUTING ${MARK} -j GW-A`, NEW, ':GW-B - [0:0]', '-X GW-A', '-X GW-B'],
      ),
    ],
    watch: ['own nat GW-A', 'own nat GW-B'],
    expected: [
      'nat GW-A 000000 :',
      'nat GW-A 000001 -j GW-B',
      'nat GW-B 000000 :',
      'nat GW-B 000001 -j RETURN',
      `nat POSTROUTING 000001 ${MARK} -j GW-A`,
    ],
    after: {
      'ipv4 nat GW-A': ['-j GW-B'],
      'ipv4 nat GW-B': ['-j RETURN'],
      'ipv4 nat POSTROUTING': [`${MARK} -j GW-A`],
    },
  },
  {
    name: 'fills a chain anew',
    before: [NEW, '-A GW-A -s 10.0.0.1/32 -j RETURN', '-A GW-A -j ACCEPT', '-A OUTPUT -j GW-A'],
    steps: [
      step('nat', [NEW, '-A GW-A -j RETURN'], [NEW, '-A GW-A -s 10.0.0.1/32 -j RETURN', '-A GW-A -j ACCEPT']),
    ],
    watch: ['own nat GW-A'],
    expected: ['nat GW-A 000000 :', 'nat GW-A 000001 -j RETURN'],
    after: { 'ipv4 nat GW-A': ['-j RETURN'], 'ipv4 nat OUTPUT': ['-j GW-A'] },
  },
  {
    name: 'edits a foreign chain by position and by text, between rules of others',
    before: [
      ':DOCKER - [0:0]',
      '-A DOCKER -s 1.1.1.1/32 -j RETURN',
      `-A DOCKER -s 2.2.2.2/32 ${MARK} -j RETURN`,
      '-A DOCKER -s 3.3.3.3/32 -j RETURN',
    ],
    steps: [
      step(
        'nat',
        [`-D DOCKER -s 2.2.2.2/32 ${MARK} -j RETURN`, `-I DOCKER 2 -s 4.4.4.4/32 ${MARK} -j RETURN`],
        [`-D DOCKER -s 4.4.4.4/32 ${MARK} -j RETURN`, `-I DOCKER 2 -s 2.2.2.2/32 ${MARK} -j RETURN`],
      ),
    ],
    expected: [`nat DOCKER 000001 -s 4.4.4.4/32 ${MARK} -j RETURN`],
    after: {
      'ipv4 nat DOCKER': [
        '-s 1.1.1.1/32 -j RETURN',
        `-s 4.4.4.4/32 ${MARK} -j RETURN`,
        '-s 3.3.3.3/32 -j RETURN',
      ],
    },
  },
  {
    name: 'sets policies and sysctls',
    before: [],
    steps: [sysctlStep('1', '0'), step('filter', [':FORWARD DROP [0:0]'], [':FORWARD ACCEPT [0:0]'])],
    watch: ['policy filter FORWARD'],
    expected: ['filter FORWARD policy DROP'],
    after: { 'ipv4 filter FORWARD': ['DROP'] },
  },
  {
    name: 'removes chains that referred to each other',
    before: [NEW, ':GW-B - [0:0]', '-A GW-A -j GW-B', '-A GW-B -j RETURN', `-A OUTPUT ${MARK} -j GW-A`],
    steps: [
      step(
        'nat',
        [NEW, ':GW-B - [0:0]', `-D OUTPUT ${MARK} -j GW-A`, '-X GW-A', '-X GW-B'],
        [':GW-B - [0:0]', NEW, '-A GW-B -j RETURN', '-A GW-A -j GW-B', `-I OUTPUT 1 ${MARK} -j GW-A`],
      ),
    ],
    watch: ['own nat GW-A', 'own nat GW-B'],
    expected: [],
    after: {},
  },
];

export function transactionContract(subject: () => Subject): void {
  describe('a transaction', () => {
    test.each(CASES)('$name', async ({ before, steps, watch = [], expected, after }) => {
      await subject().hand(restore('nat', ...before));
      const sysctls = steps.some(({ kind }) => kind === 'sysctl') ? 'net/ipv4/ip_forward 1\n' : '';
      const given = transaction(steps, { watch, ipv4: expected, sysctls });
      expect(await run(subject().host, given)).toEqual({ kind: 'kept' });
      expect(await chainsOf(subject())).toEqual(after);
      expect(await subject().readSysctl('net.ipv4.ip_forward')).toBe(sysctls === '' ? '0' : '1');
      expect(await subject().runFiles()).toEqual(['lock']);
    });

    test.each(CASES)('that $name is undone to what was there', async ({ before, steps, watch = [] }) => {
      await subject().hand(restore('nat', ...before));
      const old = await stateOf(subject());
      const given = transaction(steps, { watch, ipv4: ['nat GW-NOT 000000 :'] });
      expect(await run(subject().host, given)).toMatchObject({
        kind: 'failed',
        step: 'verify',
        undone: true,
      });
      expect(await stateOf(subject())).toEqual(old);
    });

    test('remembers a manifest and a record, and forgets both when told nothing', async () => {
      await run(subject().host, transaction([]));
      expect(await subject().stateFiles()).toEqual({
        'manifest.json': '{}\n',
        'declared/default': `${DIGEST}\n${RECORD}`,
      });
      await run(subject().host, { ...transaction([]), scope: 'other' });
      await run(subject().host, transaction([], {}, { manifest: '{"other":1}\n' }));
      expect(await subject().stateFiles()).toEqual({
        'manifest.json': '{"other":1}\n',
        'declared/other': `${DIGEST}\n${RECORD}`,
      });
      await run(subject().host, { ...transaction([], {}, {}), scope: 'other' });
      expect(await subject().stateFiles()).toBeUndefined();
      expect(await subject().runFiles()).toEqual(['lock']);
    });

    test('is decided on a reading under the lock', async () => {
      await subject().hand(restore('nat', '-A OUTPUT -j ACCEPT'));
      let read: Reading | undefined;
      await subject().host.transact(
        question(),
        (reading) => {
          read = reading;
          return undefined;
        },
        NEVER,
      );
      expect(read?.ipv4).toContain('-A OUTPUT -j ACCEPT\n');
      expect(read?.sysctls.get('net.ipv4.ip_forward')).toBe('0');
    });

    test('that is decided against runs nothing, leaves nothing and frees the lock', async () => {
      const old = await stateOf(subject());
      expect(await subject().host.transact(question(), () => undefined, NEVER)).toEqual({ kind: 'kept' });
      const refuse = (): never => {
        throw new Error('not like this');
      };
      await expect(subject().host.transact(question(), refuse, NEVER)).rejects.toThrow('not like this');
      expect(await stateOf(subject())).toEqual(old);
      // The lock is exclusive: who gets it meets what the others left.
      await subject().second.transact(question(), () => undefined, NEVER);
      expect(await run(subject().host, transaction([]))).toEqual({ kind: 'kept' });
      expect(await subject().runFiles()).toEqual(['lock']);
    });
  });
}
