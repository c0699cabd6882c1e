// What can be wrong with a prop, in the user's words: values that a construct throws all at once with its path; used by every construct.
import type { IConstruct } from 'constructs';
import { IPv4, isValid } from 'ipaddr.js';
import type { CidrFault } from '../model/cidr';
import { leadingZeroFault } from '../model/cidr';
import type { Problem } from '../model/errors';
import { InvalidInput } from '../model/errors';
import { ipv4Number } from '../model/ipv4';
import { isUnknown } from './framework';

/** What is wrong with one prop; undefined where nothing is. */
export type Check = Omit<Problem, 'at'> | undefined;

/** Throws what is wrong, if anything is, and says on which construct. */
export function refuseAt({ node }: IConstruct, checks: readonly Check[]): void {
  const wrong = checks.filter((check) => check !== undefined);
  if (wrong.length > 0) throw new InvalidInput(wrong.map((check) => ({ ...check, at: node.path })));
}

/** Further checks, where the first ones find nothing wrong: of what is wrong already nothing else can be said. */
export function unlessWrong(first: readonly Check[], more: () => readonly Check[]): readonly Check[] {
  return first.some((check) => check !== undefined) ? first : more();
}

/** Runs the check where there is a value and it is known; a token is checked by the provider once it has a value. */
export function ifKnown<T>(value: T | undefined, check: (value: T) => Check): Check {
  return value === undefined || isUnknown(value) ? undefined : check(value);
}

/** Types stop this in TypeScript; a prop that is spread in or comes from JavaScript must not be accepted and ignored either. */
export function checkPropNames(given: object, known: Readonly<Record<string, true>>): Check {
  const others = Object.keys(given).filter((name) => !Object.hasOwn(known, name));
  if (others.length === 0) return undefined;
  return {
    code: 'unknown-prop',
    what: 'this version has no such prop',
    given: others.join(', '),
    allowed: Object.keys(known).join(', '),
    fix: 'leave it out: nothing would come of it',
  };
}

/** For values by which names and rules are laid out: a token is refused. */
export function checkKnown(prop: string, value: unknown): Check {
  if (!isUnknown(value)) return undefined;
  return {
    code: 'unknown-value',
    what: `${prop} holds a value that is only known at apply`,
    given: 'a token',
    allowed: 'a value that is known at synthesis, since names and rules are laid out by it',
    fix: 'write the value, or read it from a file or the environment in the app',
  };
}

/** A port of 1 to 65535 that is known at synthesis. */
export function checkPort(prop: string, port: number): Check {
  return checkBetween(prop, port, [1, 65535]);
}

/** A whole number of the range that is known at synthesis. */
export function checkBetween(prop: string, value: number, range: readonly [number, number]): Check {
  return checkKnown(prop, value) ?? checkWholeNumber(prop, value, range);
}

/** A whole number of the range, both ends included. */
export function checkWholeNumber(
  prop: string,
  value: number,
  [least, most]: readonly [number, number],
): Check {
  if (Number.isInteger(value) && value >= least && value <= most) return undefined;
  return {
    code: 'out-of-range',
    what: `${prop} is out of range`,
    given: String(value),
    allowed: `${least} to ${most}`,
  };
}

/** An IPv4 address of four decimal numbers, without leading zeros. */
export function checkIpv4(prop: string, address: string): Check {
  if (ipv4Number(address) !== undefined) return undefined;
  const zero = leadingZeroFault(address);
  if (zero !== undefined) return toCheck(prop, zero, address);
  if (isValid(address) && address.includes(':')) return ipv6(prop, address);
  return {
    code: 'bad-address',
    what: `${prop} is not an IPv4 address`,
    given: address === '' ? 'nothing' : address,
    allowed: 'such as 10.96.0.10',
  };
}

/** What is wrong with an address or a network, as what is wrong with a prop. */
export function toCheck(prop: string, { kind, what, allowed, fix }: CidrFault, given: string): Check {
  return {
    code: kind,
    what: `${prop} ${what}`,
    given: given === '' ? 'nothing' : given,
    allowed,
    ...(fix === undefined ? {} : { fix }),
  };
}

function ipv6(prop: string, given: string): Check {
  return {
    code: 'ipv6',
    what: `${prop} is IPv6, which this version does not lay out yet`,
    given,
    allowed: 'IPv4',
    fix: 'give IPv4 alone, until a later version takes both',
  };
}

/** An IPv4 network: its address, a slash and the length. */
export function checkCidr(prop: string, cidr: string): Check {
  const [address = '', length, ...rest] = cidr.split('/');
  if (isValid(address) && address.includes(':')) return ipv6(prop, cidr);
  const isCidr =
    rest.length === 0 && checkIpv4(prop, address) === undefined && /^(\d|[12]\d|3[0-2])$/.test(length ?? '');
  if (!isCidr) {
    return {
      code: 'bad-cidr',
      what: `${prop} is not an IPv4 network`,
      given: cidr,
      allowed: 'such as 10.5.75.0/24',
    };
  }
  if (length === '0') return allAddresses(prop, cidr);
  const network = `${IPv4.networkAddressFromCIDR(cidr).toString()}/${length}`;
  if (network === cidr) return undefined;
  return {
    code: 'host-bits',
    what: `${prop} is an address in a network, not the network`,
    given: cidr,
    allowed: 'host bits of zero',
    fix: `write ${network}`,
  };
}

/** The rule would have to match what comes from elsewhere, and iptables takes no `! -s 0.0.0.0/0`. */
export function allAddresses(prop: string, given: string): Check {
  return {
    code: 'all-addresses',
    what: `${prop} is all addresses, from which nothing can be told apart`,
    given,
    allowed: 'such as 10.5.75.0/24',
    fix: 'leave it out where nothing is to be masqueraded',
  };
}

/** What a text must look like, and how to say so. */
export interface Pattern {
  readonly pattern: RegExp;
  readonly allowed: string;
}

/** A text of the pattern. */
export function checkPattern(prop: string, value: string, { pattern, allowed }: Pattern): Check {
  if (pattern.test(value)) return undefined;
  return { code: 'bad-value', what: `${prop} is not valid`, given: JSON.stringify(value), allowed };
}

/** One of some words that is known at synthesis. */
export function checkWord(prop: string, value: string, words: readonly string[]): Check {
  const known = checkKnown(prop, value);
  if (known !== undefined || words.includes(value)) return known;
  return {
    code: 'unknown-word',
    what: `${prop} is not valid`,
    given: JSON.stringify(value),
    allowed: words.join(', '),
  };
}
