// Reads `ipset` command lines of a part (create, add) and prints what they declare as lines and entries.
import { Buffer } from 'node:buffer';
import type { Entry } from '../../model/entry';
import type { MemberDeclaration, SetDeclaration, SetOption } from '../../model/ipset';
import { SET_NAME_LENGTH } from '../../model/ipset';
import { closest } from '../closest';
import { refuse } from '../problem';
import { quoteWord } from '../words';
import { readMemberOptions } from './member-options';
import { OptionWords } from './option-words';
import { NEVER_COMPARED, readSetOptions } from './set-options';
import { readSetType } from './set-types';

const ALLOWED = 'ipset create SET TYPE …, ipset add SET MEMBER …';

const CREATE: readonly string[] = ['create', 'new', 'n', '-N', '--create'];
const ADD: readonly string[] = ['add', 'a', '-A', '--add'];
const REMOVING: readonly string[] = [
  ...['del', 'd', '-D', '--del', 'destroy', 'x', '-X', '--destroy', 'flush', 'f', '-F', '--flush'],
  ...['rename', 'e', '-E', '--rename', 'swap', 'w', '-W', '--swap', 'restore', 'r', '-R', '--restore'],
];
const READING: readonly string[] = [
  ...['list', 'l', '-L', '--list', 'save', 's', '-S', '--save', 'test', 't', '-T', '--test'],
  ...['help', '-h', '-H', '--help', 'version', '-v', '-V', '--version'],
];

/**
 * What the words behind `ipset` declare. A member is as it was given: `resolveMembers` says what it means, when the types
 * of all sets are known. Throws `InvalidInput`.
 */
export function readIpset(words: readonly string[]): readonly (SetDeclaration | MemberDeclaration)[] {
  const rest = new OptionWords(words);
  const verb = rest.next() ?? '';
  if (CREATE.includes(verb)) return [readSet(rest)];
  if (ADD.includes(verb)) return [readMember(rest)];
  return refuseVerb(verb);
}

/** The canonical command line and what it is compared by. */
export function ipsetEntry(declaration: SetDeclaration | MemberDeclaration): Entry {
  return declaration.kind === 'set' ? setEntry(declaration) : memberEntry(declaration);
}

/** Stands in a member's value where its timeout is not 0. */
const RUNNING = 'running';

/** What the first member of a list has where others have `after`; no line says it. */
export const FIRST: SetOption = { name: 'first' };

/** What a member has that says neither place nor timeout, in a set that no part declares: both are as the set gives them. */
export const ANYHOW: SetOption = { name: 'anyhow' };

/** The key of a set's entry. */
export function setKey(name: string): string {
  return `set ${name}`;
}

/** A name that a set can have. Throws `InvalidInput`. */
export function readSetName(name: string): string {
  const length = Buffer.byteLength(name);
  if (length > SET_NAME_LENGTH) {
    refuse('long-set-name', `a set's name has at most ${SET_NAME_LENGTH} bytes, got ${length}: ${name}`, {
      fix: 'shorten the name',
    });
  }
  if (!/^[^\s"'\\-][^\s"'\\]*$/.test(name)) {
    refuse('bad-set-name', `${name === '' ? 'nothing' : name} is no name that a set can have here`, {
      allowed: 'no blanks, quotes and backslashes, and no dash at the beginning',
      fix: 'choose another name',
    });
  }
  return name;
}

function readSet(words: OptionWords): SetDeclaration {
  const name = readSetName(words.next() ?? '');
  const given = words.next();
  if (given === undefined) {
    refuse('option-missing', `set ${name} has no type`, {
      allowed: ALLOWED,
      fix: 'write its type behind its name',
    });
  }
  const type = readSetType(given);
  return { kind: 'set', name, type: type.name, options: readSetOptions(words, type) };
}

function readMember(words: OptionWords): MemberDeclaration {
  const set = readSetName(words.next() ?? '');
  const member = words.next();
  if (member === undefined) {
    refuse('value-missing', `nothing is added to set ${set}`, {
      allowed: ALLOWED,
      fix: 'write the member behind it',
    });
  }
  return { kind: 'member', set, member, options: readMemberOptions(words) };
}

function setEntry({ name, type, options }: SetDeclaration): Entry {
  return {
    kind: 'set',
    key: setKey(name),
    value: [type, ...options.filter(isCompared).map(printOption)].join(' '),
    line: ['ipset create', quoteWord(name), quoteWord(type), ...options.map(printOption)].join(' '),
  };
}

function memberEntry({ set, member, options }: MemberDeclaration): Entry {
  const said = options.filter(({ name }) => name !== FIRST.name && name !== ANYHOW.name);
  const words = said.length === 0 ? '' : ` ${said.map(printOption).join(' ')}`;
  return {
    kind: 'member',
    key: `member ${set} ${member}`,
    container: setKey(set),
    value: options.length === 0 ? '' : options.flatMap(comparedOfMember).map(printOption).join(' '),
    line: `ipset add ${quoteWord(set)} ${quoteWord(member)}${words}`,
  };
}

function isCompared({ name }: SetOption): boolean {
  return !NEVER_COMPARED.includes(name);
}

/** Counters count; of a timeout that runs only that it does can be compared. */
function comparedOfMember(option: SetOption): SetOption[] {
  if (option.name === 'packets' || option.name === 'bytes') return [];
  return option.name === 'timeout' && option.value !== '0' ? [{ name: 'timeout', value: RUNNING }] : [option];
}

function printOption({ name, value }: SetOption): string {
  return value === undefined ? name : `${name} ${quoteWord(value)}`;
}

function refuseVerb(verb: string): never {
  if (REMOVING.includes(verb)) {
    refuse('removing-line', `ipset ${verb} removes or replaces, and a part says what is`, {
      allowed: ALLOWED,
      fix: 'leave the line out, and the line that declares what it would remove: what no line declares is removed',
    });
  }
  if (READING.includes(verb)) {
    refuse('reading-line', `ipset ${verb} reads what is there, and a part says what shall be`, {
      allowed: ALLOWED,
      fix: 'leave the line out: the plan shows what is there',
    });
  }
  const near = closest(verb, ['create', 'add']);
  refuse('command-missing', `ipset ${verb === '' ? 'alone' : verb} declares nothing`, {
    allowed: ALLOWED,
    fix: near === undefined ? 'write create or add' : `if ${near} is meant, write it so`,
  });
}
