// The REJECT target: what the sender is told.
import type { Family } from '../../model/iptables';
import type { Target } from '../../model/rule';
import { refuse } from '../problem';
import type { TargetEntry } from './entry';
import { readOneOf } from './values';

type RejectTarget = Extract<Target, { kind: 'reject' }>;

/** What the tools print, and the short names that they take. */
const REPLIES: Readonly<Record<Family, Readonly<Record<string, readonly string[]>>>> = {
  ipv4: {
    'icmp-port-unreachable': ['port-unreach'],
    'icmp-net-unreachable': ['net-unreach'],
    'icmp-host-unreachable': ['host-unreach'],
    'icmp-proto-unreachable': ['proto-unreach'],
    'icmp-net-prohibited': ['net-prohib'],
    'icmp-host-prohibited': ['host-prohib'],
    'icmp-admin-prohibited': ['admin-prohib'],
    'tcp-reset': ['tcp-rst'],
  },
  ipv6: {
    'icmp6-port-unreachable': ['port-unreach'],
    'icmp6-no-route': ['no-route'],
    'icmp6-adm-prohibited': ['adm-prohibited'],
    'icmp6-addr-unreachable': ['addr-unreach'],
    'icmp6-policy-fail': ['policy-fail'],
    'icmp6-reject-route': ['reject-route'],
    'tcp-reset': [],
  },
};

/** Only in table filter; without `--reject-with` the port is unreachable. */
export const REJECT_ENTRY: TargetEntry = {
  extension: 'REJECT',
  options: [{ name: '--reject-with' }],
  tables: ['filter'],
  chains: ['INPUT', 'FORWARD', 'OUTPUT'],
  read: (given): RejectTarget => {
    const replies = REPLIES[given.reading.family];
    const names = Object.keys(replies);
    const text = given.value('--reject-with') ?? names[0] ?? '';
    const full =
      names.find((name) => replies[name]?.includes(text.toLowerCase())) ??
      readOneOf(text, names, 'answer of REJECT');
    if (full === 'tcp-reset' && given.reading.protocol !== 'tcp') {
      refuse('protocol-missing', 'only TCP has a reset to answer with', {
        fix: 'write -p tcp in the same rule',
      });
    }
    return { kind: 'reject', with: full };
  },
};

/** Always with the answer, as the tools print it. */
export function printReject(target: RejectTarget): string[] {
  return ['-j', 'REJECT', '--reject-with', target.with];
}
