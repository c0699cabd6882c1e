// Questions and transactions as the engine would make them, written out by hand. Used by the contract of hosts.
import { createHash } from 'node:crypto';
import type { Control, Host, Question, Transaction } from '../../lib/converge/host';
import type { Step } from '../../lib/converge/plan';

export type { Host } from '../../lib/converge/host';
export type { Step } from '../../lib/converge/plan';

export const NEVER: Control = { signal: new AbortController().signal };

export const MARK = '-m comment --comment "gatewright:default"';

export function question(more: Partial<Question> = {}): Question {
  return {
    scope: 'default',
    declaredDigest: 'none',
    sysctls: ['net.ipv4.ip_forward'],
    reads: [],
    modules: [],
    lockTimeoutSeconds: 20,
    ...more,
  };
}

export function restore(table: string, ...lines: readonly string[]): string {
  return [`*${table}`, ...lines, 'COMMIT', ''].join('\n');
}

/** A step on one table. */
export function step(table: string, forward: readonly string[], inverse: readonly string[]): Step {
  return {
    name: `iptables -t ${table}`,
    kind: 'ipv4',
    forward: restore(table, ...forward),
    inverse: restore(table, ...inverse),
    changes: [],
  };
}

export function sysctlStep(value: string, before: string): Step {
  return {
    name: 'sysctl net.ipv4.ip_forward',
    kind: 'sysctl',
    forward: `net/ipv4/ip_forward ${value}\n`,
    inverse: `net/ipv4/ip_forward ${before}\n`,
    changes: [],
  };
}

export const RECORD = '{"settings":"{}","parts":{"a":"b"}}\n';
export const DIGEST = createHash('sha256').update(RECORD).digest('hex');

/** By default it remembers a manifest and a record, and watches rules with the default scope's mark. */
export function transaction(
  steps: readonly Step[],
  expected: { watch?: readonly string[]; ipv4?: readonly string[]; sysctls?: string } = {},
  memory: Pick<Transaction, 'manifest' | 'declared'> = { manifest: '{}\n', declared: `${DIGEST}\n${RECORD}` },
): Transaction {
  const lines = (texts: readonly string[] = []): string => texts.map((text) => `${text}\n`).join('');
  return {
    steps,
    expected: {
      rules: {
        ipv4: {
          watch: lines(['mark gatewright:default', ...(expected.watch ?? [])]),
          lines: lines(expected.ipv4),
        },
      },
      entries: { subsystems: [], present: '', absent: '' },
      sysctls: expected.sysctls ?? '',
    },
    scope: 'default',
    guardSeconds: 60,
    ...memory,
  };
}

/** One transaction, whatever is there. */
export function run(host: Host, given: Transaction): ReturnType<Host['transact']> {
  return host.transact(question(), () => given, NEVER);
}
