// Reads what `ipset save` prints into the declarations that a part would hold. Used by convergence, which compares the two.
import type { MemberDeclaration, SetDeclaration, SetOption } from '../../model/ipset';
import { FIRST } from './ipset';
import { NEVER_COMPARED, SET_DEFAULTS } from './set-options';

/** All sets of a host, in the order in which the tool prints them. */
export interface SavedSets {
  readonly sets: readonly SetDeclaration[];
  /** With the seconds that are left of a timeout; of a list, each but the first says `after` which it stands. */
  readonly members: readonly MemberDeclaration[];
}

/** Text of `ipset save` that is not what the tool prints. */
export class UnreadableSets extends Error {
  constructor(line: string) {
    super(`not a line of ipset save: ${line}`);
    this.name = 'UnreadableSets';
  }
}

/** Throws `UnreadableSets`. Counters and what the kernel only made up are left out. */
export function parseIpsetSave(text: string): SavedSets {
  const sets: SetDeclaration[] = [];
  const members: MemberDeclaration[] = [];
  let set: SetDeclaration | undefined;
  let previous: string | undefined;
  for (const line of wholeLines(text)) {
    if (line.startsWith('create ')) {
      set = readSavedSet(line);
      sets.push(set);
      previous = undefined;
      continue;
    }
    // The members of a set follow it, so that names with blanks, which the tool does not quote, can be told.
    const name = set?.name ?? '';
    if (set === undefined || !line.startsWith(`add ${name} `)) throw new UnreadableSets(line);
    const isList = set.type === 'list:set';
    const place = previous === undefined ? FIRST : { name: 'after', value: previous };
    const member = readSavedMember(name, line.slice(name.length + 5), isList ? [place] : []);
    members.push(member);
    if (isList) previous = member.member;
  }
  return { sets, members };
}

/** A comment may hold a newline. */
function* wholeLines(text: string): Generator<string> {
  let open: string | undefined;
  for (const line of text.split('\n')) {
    const whole: string = open === undefined ? line : `${open}\n${line}`;
    open = whole.startsWith('add ') && OPEN_COMMENT.test(whole) ? whole : undefined;
    if (open === undefined && whole !== '') yield whole;
  }
  if (open !== undefined) throw new UnreadableSets(open);
}

const OPEN_COMMENT = / comment "[^"]*$/;

function readSavedSet(line: string): SetDeclaration {
  const [, name, type, rest] = /^create (.+?) ((?:hash|bitmap|list):\S+)(.*)$/s.exec(line) ?? [];
  if (name === undefined || type === undefined) throw new UnreadableSets(line);
  return { kind: 'set', name, type, options: readSavedOptions((rest ?? '').split(' ').slice(1)) };
}

/** Options of newer tools stand as words without values: they only have to be the same when they are read again. */
function readSavedOptions(words: readonly string[]): SetOption[] {
  const options: SetOption[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const name = words[at] ?? '';
    if (!WITH_VALUE.has(name)) {
      if (!NEVER_COMPARED.includes(name)) options.push({ name });
      continue;
    }
    at += 1;
    const value = name === 'bitmask' ? maskOf(words[at]) : (words[at] ?? '');
    if (!NEVER_COMPARED.includes(name) && SET_DEFAULTS.get(name) !== value) options.push({ name, value });
  }
  return options.sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
}

/** ipset 7.17 saves `MASK/NUMBER`, with a number that means nothing: docs/lab-notes/0330-a-number-behind-a-bitmask.md. */
function maskOf(saved = ''): string {
  return saved.replace(/\/\d+$/, '');
}

const WITH_VALUE: ReadonlySet<string> = new Set([
  ...['range', 'family', 'hashsize', 'maxelem', 'netmask', 'bitmask', 'markmask', 'size', 'timeout'],
  ...['bucketsize', 'initval'],
]);

/** As set-options.ts has them, where tools of several versions differ. */
const ORDER: readonly string[] = [
  ...['range', 'family', 'maxelem', 'netmask', 'bitmask', 'markmask', 'size', 'timeout'],
  ...['counters', 'comment', 'skbinfo'],
];

function readSavedMember(set: string, text: string, place: readonly SetOption[]): MemberDeclaration {
  const space = text.indexOf(' ');
  const options: SetOption[] = [...place];
  if (space < 0) return { kind: 'member', set, member: text, options };
  const said = text.slice(space);
  let end = 0;
  for (const found of said.matchAll(MEMBER_OPTION)) {
    const [whole, flag, name = flag ?? 'comment', value, comment] = found;
    options.push(...unknownWords(said.slice(end, found.index)));
    end = found.index + whole.length;
    if (name === 'packets' || name === 'bytes') continue;
    options.push(flag === undefined ? { name, value: value ?? comment ?? '' } : { name });
  }
  options.push(...unknownWords(said.slice(end)));
  return { kind: 'member', set, member: text.slice(0, space), options };
}

/** Of a newer tool: they only have to be the same when they are read again. */
function unknownWords(text: string): SetOption[] {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((name) => ({ name }));
}

const MEMBER_OPTION = / (?:(nomatch|wildcard)|([a-z]+) ([^" ]+)|comment "([^"]*)")(?= |$)/g;
