// What every rule may say without `-m`: addresses, devices, protocol, fragments. Used by the reader of rules.
import type { Family } from '../model/iptables';
import { IPTABLES } from '../model/iptables';
import type { Match } from '../model/rule';
import type { Cursor } from './cursor';
import { refuse } from './problem';
import { readPrefix } from './vocabulary/addresses';
import type { GeneralMatch } from './vocabulary/matches';
import { GENERAL_ORDER } from './vocabulary/matches';
import { readProtocol } from './vocabulary/protocols';

type GeneralKind = GeneralMatch['kind'];

const NAMES: ReadonlyMap<string, GeneralKind> = new Map([
  ['-s', 'source'],
  ['--source', 'source'],
  ['--src', 'source'],
  ['-d', 'destination'],
  ['--destination', 'destination'],
  ['--dst', 'destination'],
  ['-i', 'in-interface'],
  ['--in-interface', 'in-interface'],
  ['-o', 'out-interface'],
  ['--out-interface', 'out-interface'],
  ['-p', 'protocol'],
  ['--protocol', 'protocol'],
  ['-f', 'fragment'],
  ['--fragment', 'fragment'],
]);

const SHORT_NAMES: ReadonlyMap<GeneralKind, string> = new Map(
  [...NAMES].filter(([name]) => !name.startsWith('--')).map(([name, kind]) => [kind, name]),
);

const DEVICE_NAME_LENGTH = 15;

/** For messages that say what was probably meant. */
export const GENERAL_OPTIONS: readonly string[] = [...NAMES.keys()].filter((name) => name.startsWith('--'));

/** What an option matches, if it is one of these; absent for the options of modules and targets. */
export function readGeneralName(option: string): GeneralKind | undefined {
  return NAMES.get(option);
}

/** The general matches that one rule was given so far. */
export class GeneralMatches {
  readonly #family: Family;
  /** Several of one kind are alternatives, one rule each; an empty list is a match of every packet. */
  readonly #found = new Map<GeneralKind, readonly GeneralMatch[]>();

  constructor(family: Family) {
    this.#family = family;
  }

  /** Takes the value of an option. Throws `InvalidInput`. */
  take(kind: GeneralKind, cursor: Cursor, isNegated: boolean): void {
    if (kind === 'fragment' && this.#family === 'ipv6') {
      refuse('wrong-family', '-f is an option of iptables only', { fix: 'write -m frag' });
    }
    const option = SHORT_NAMES.get(kind) ?? kind;
    if (this.#found.has(kind)) {
      refuse('given-twice', `${option} is given twice`, {
        allowed: 'once in a rule',
        fix: 'leave one out, or write a second line',
      });
    }
    const negated = kind === 'fragment' ? isNegated : cursor.takeOldNegation(option, isNegated);
    const values = kind === 'fragment' ? [''] : readValues(kind, cursor.takeValue(option), negated);
    const found = values.flatMap((value) => this.#read(kind, value) ?? []);
    if (!negated)
      found.forEach((match) => {
        refuseUnseen(match, this.#family);
      });
    if (found.length === 0 && negated) {
      refuse('matches-nothing', `! ${option} of everything matches no packet`, { fix: 'leave the rule out' });
    }
    // Where one of several addresses is everything, its rule has no such match.
    const alternatives = found.length < values.length && values.length > 1 ? refuseEverything(option) : found;
    this.#found.set(
      kind,
      negated ? alternatives.map((match) => ({ ...match, negated: true })) : alternatives,
    );
  }

  /** One list of matches per rule: `-s a,b` is two, in the order in which the tools make them. */
  alternatives(): Match[][] {
    let lists: Match[][] = [[]];
    for (const kind of GENERAL_ORDER) {
      const matches = this.#found.get(kind) ?? [];
      const [only, second] = matches;
      if (second !== undefined) lists = lists.flatMap((list) => matches.map((match) => [...list, match]));
      else if (only !== undefined) for (const list of lists) list.push(only);
    }
    return lists;
  }

  /** The protocol whose options and ports the rule may use. */
  protocol(): string | undefined {
    const match = this.#found.get('protocol')?.[0];
    return match?.kind === 'protocol' && match.negated !== true ? match.protocol : undefined;
  }

  /** Absent where the value means every packet, which the tools do not print. */
  #read(kind: GeneralKind, value: string): GeneralMatch | undefined {
    switch (kind) {
      case 'source':
      case 'destination': {
        const prefix = readPrefix(value, this.#family);
        return prefix === undefined ? undefined : { kind, prefix };
      }
      case 'in-interface':
      case 'out-interface':
        return value === '+' ? undefined : { kind, device: readDevice(value) };
      case 'protocol': {
        const protocol = readProtocol(value);
        return protocol === undefined ? undefined : { kind, protocol };
      }
      case 'fragment':
        return { kind };
    }
  }
}

function readValues(kind: GeneralKind, value: string, negated: boolean): string[] {
  if ((kind !== 'source' && kind !== 'destination') || !value.includes(',')) return [value];
  if (negated) {
    refuse('bad-negation', `! stands before one address, got ${value}`, {
      fix: 'write a chain that returns for each, or a set',
    });
  }
  return value.split(',');
}

/** The tools take protocols that no packet of the family shows; ip6tables at least warns of some. */
function refuseUnseen(match: GeneralMatch, family: Family): void {
  const instead = match.kind === 'protocol' ? UNSEEN[family].get(match.protocol) : undefined;
  if (match.kind !== 'protocol' || instead === undefined) return;
  refuse('protocol-never-seen', `no packet matches -p ${match.protocol} of ${IPTABLES[family]}`, {
    fix: `write ${instead}`,
  });
}

/** ICMP of the other family, and headers of IPv6 that stand between it and the protocol. */
const UNSEEN: Readonly<Record<Family, ReadonlyMap<string, string>>> = {
  ipv4: new Map([['ipv6-icmp', '-p icmp, or the line with ip6tables']]),
  ipv6: new Map([
    ['icmp', '-p ipv6-icmp, or the line with iptables'],
    ['ipv6-route', '-m rt'],
    ['ipv6-frag', '-m frag'],
    ['ah', '-m ah'],
    ['ipv6-opts', '-m dst'],
  ]),
};

function refuseEverything(option: string): never {
  refuse('bad-address', `one of the addresses of ${option} is all addresses`, { fix: `leave ${option} out` });
}

function readDevice(name: string): string {
  if (/^[^\s/!"'\\]+$/.test(name) && Buffer.byteLength(name) <= DEVICE_NAME_LENGTH) return name;
  return refuse('bad-device', `${name === '' ? 'nothing' : name} is no name of a network device`, {
    allowed: `1 to ${DEVICE_NAME_LENGTH} bytes without spaces, quotes and slashes; a + at the end stands for any rest`,
    fix: 'write the name as ip link shows it',
  });
}
