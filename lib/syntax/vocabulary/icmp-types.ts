// ICMP types by the names that iptables knows (`iptables -p icmp -h`); the tools print the numbers.
import { closest } from '../closest';
import { refuse } from '../problem';
import { readNumber } from './values';

const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    any: 'any',
    'echo-reply': '0',
    pong: '0',
    'destination-unreachable': '3',
    'network-unreachable': '3/0',
    'host-unreachable': '3/1',
    'protocol-unreachable': '3/2',
    'port-unreachable': '3/3',
    'fragmentation-needed': '3/4',
    'source-route-failed': '3/5',
    'network-unknown': '3/6',
    'host-unknown': '3/7',
    'network-prohibited': '3/9',
    'host-prohibited': '3/10',
    'tos-network-unreachable': '3/11',
    'tos-host-unreachable': '3/12',
    'communication-prohibited': '3/13',
    'host-precedence-violation': '3/14',
    'precedence-cutoff': '3/15',
    'source-quench': '4',
    redirect: '5',
    'network-redirect': '5/0',
    'host-redirect': '5/1',
    'tos-network-redirect': '5/2',
    'tos-host-redirect': '5/3',
    'echo-request': '8',
    ping: '8',
    'router-advertisement': '9',
    'router-solicitation': '10',
    'time-exceeded': '11',
    'ttl-exceeded': '11',
    'ttl-zero-during-transit': '11/0',
    'ttl-zero-during-reassembly': '11/1',
    'parameter-problem': '12',
    'ip-header-bad': '12/0',
    'required-option-missing': '12/1',
    'timestamp-request': '13',
    'timestamp-reply': '14',
    'address-mask-request': '17',
    'address-mask-reply': '18',
  }),
);

/** `TYPE[/CODE]` in numbers, or `any`, which is what the kernel makes of type 255 with any code. */
export function icmpType(text: string): string {
  const named = TYPES.get(text.toLowerCase());
  if (named !== undefined) return named;
  if (!/^\d/.test(text)) {
    const near = closest(text.toLowerCase(), [...TYPES.keys()]);
    refuse('unknown-word', `${text === '' ? 'nothing' : text} is no ICMP type`, {
      allowed: '0 to 255, 0 to 255/0 to 255, or a name of `iptables -p icmp -h`',
      fix: near === undefined ? 'write the number' : `if ${near} is meant, write it so`,
    });
  }
  const numbers = text.split('/').map((part) => readNumber(part, 'an ICMP type or code', [0, 255]));
  if (numbers.length > 2)
    refuse('bad-number', `an ICMP type is TYPE or TYPE/CODE, got ${text}`, { fix: 'write it so' });
  return numbers[0] === 255 ? 'any' : numbers.join('/');
}
