// The entries among what is declared: one for each object, with the lines that declare it. Used by desired.ts.
import type { Declared, EntryDeclaration, Source } from '../../model/declaration';
import { isEntryDeclaration, printSource } from '../../model/declaration';
import type { Entry } from '../../model/entry';
import type { Problem } from '../../model/errors';
import { toEntry } from '../../syntax/entry';
import type { Sources } from '../desired';

/** One object of the kernel as it should be. */
export interface DesiredEntry {
  readonly entry: Entry;
  readonly declaration: EntryDeclaration;
  readonly sources: Sources;
}

/** By key. Problems: one key with two values, and a server of IPVS that is declared twice. */
export function collectEntries(
  declared: readonly Declared[],
  problems: Problem[],
): ReadonlyMap<string, DesiredEntry> {
  const entries = new Map<string, DesiredEntry>();
  for (const { declaration, source } of declared) {
    if (!isEntryDeclaration(declaration)) continue;
    const entry = toEntry(declaration);
    const first = entries.get(entry.key);
    if (first === undefined) entries.set(entry.key, { entry, declaration, sources: [source] });
    else if (isServer(entry)) problems.push(declaredTwice(entry, { source, first }));
    else if (first.entry.value !== entry.value) problems.push(twoValues(entry, { source, first }));
    else entries.set(entry.key, { ...first, sources: [...first.sources, source] });
  }
  return entries;
}

/** ipvsadm refuses the second line, whatever it says; other tools take the same thing twice. */
function isServer({ kind }: Entry): boolean {
  return kind === 'virtual-server' || kind === 'real-server';
}

interface Second {
  readonly source: Source;
  readonly first: DesiredEntry;
}

function declaredTwice({ key }: Entry, { source, first }: Second): Problem {
  return {
    code: 'declared-twice',
    what: `${key} is declared twice`,
    at: printSource(source),
    given: `${source.text.trim()}\nand in ${printSource(first.sources[0])}: ${first.sources[0].text.trim()}`,
    allowed: 'one line for one server',
    fix: 'leave one of the two lines out',
    part: source.part,
  };
}

function twoValues({ key, line }: Entry, { source, first }: Second): Problem {
  return {
    code: 'two-values',
    what: `${key} is declared with two values`,
    at: printSource(source),
    given: `${line}, but ${first.entry.line} in ${printSource(first.sources[0])}`,
    allowed: 'one value for one key; the same line may be declared more than once',
    fix: 'leave one of the two lines out',
    part: source.part,
  };
}
