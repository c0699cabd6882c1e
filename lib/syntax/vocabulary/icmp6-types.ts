// ICMPv6 types by the names that ip6tables knows (`ip6tables -p ipv6-icmp -h`); the tools print the numbers.
import { closest } from '../closest';
import { refuse } from '../problem';
import { readNumber } from './values';

const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'destination-unreachable': '1',
    'no-route': '1/0',
    'communication-prohibited': '1/1',
    'beyond-scope': '1/2',
    'address-unreachable': '1/3',
    'port-unreachable': '1/4',
    'failed-policy': '1/5',
    'reject-route': '1/6',
    'packet-too-big': '2',
    'time-exceeded': '3',
    'ttl-exceeded': '3',
    'ttl-zero-during-transit': '3/0',
    'ttl-zero-during-reassembly': '3/1',
    'parameter-problem': '4',
    'bad-header': '4/0',
    'unknown-header-type': '4/1',
    'unknown-option': '4/2',
    'echo-request': '128',
    ping: '128',
    'echo-reply': '129',
    pong: '129',
    'router-solicitation': '133',
    'router-advertisement': '134',
    'neighbour-solicitation': '135',
    'neighbor-solicitation': '135',
    'neighbour-advertisement': '136',
    'neighbor-advertisement': '136',
    redirect: '137',
  }),
);

/** `TYPE[/CODE]` in numbers. There is no `any`: a rule without the match is that. */
export function icmp6Type(text: string): string {
  const named = TYPES.get(text.toLowerCase());
  if (named !== undefined) return named;
  if (!/^\d/.test(text)) {
    const near = closest(text.toLowerCase(), [...TYPES.keys()]);
    refuse('unknown-word', `${text === '' ? 'nothing' : text} is no ICMPv6 type`, {
      allowed: '0 to 255, 0 to 255/0 to 255, or a name of `ip6tables -p ipv6-icmp -h`',
      fix: near === undefined ? 'write the number' : `if ${near} is meant, write it so`,
    });
  }
  const numbers = text.split('/').map((part) => readNumber(part, 'an ICMPv6 type or code', [0, 255]));
  if (numbers.length > 2)
    refuse('bad-number', `an ICMPv6 type is TYPE or TYPE/CODE, got ${text}`, { fix: 'write it so' });
  return numbers.join('/');
}
