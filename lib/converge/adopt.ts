// The lines of `adopt`: what stands on a host before the scope declares it otherwise. Read here against the parts; entries/adopted.ts looks at the host.
import type { Declaration, Source } from '../model/declaration';
import { isEntryDeclaration } from '../model/declaration';
import type { Entry } from '../model/entry';
import type { Problem } from '../model/errors';
import { chainKey } from '../model/iptables';
import { toEntry } from '../syntax/entry';
import { parseParts } from '../syntax/parts';
import type { DesiredState } from './desired';

/** One line. */
export interface AdoptLine {
  /** For messages: `adopt[2], line 1`. */
  readonly at: string;
  /** As the user wrote it. */
  readonly text: string;
  /** What it says of the host; absent for a chain, of which the name alone counts. */
  readonly entry?: Entry;
}

/** By the key of the entry or chain that the line names. */
export type AdoptLines = ReadonlyMap<string, AdoptLine>;

/**
 * A line that names nothing declared is an error: it would never do anything, and who wrote it believes that it does. What lives in a
 * declared set, virtual server or link may be named by itself. `incomplete`: parts that are not known yet may declare it.
 */
export function readAdopt(
  lines: readonly string[],
  desired: DesiredState,
  incomplete: boolean,
): { readonly adopt: AdoptLines; readonly problems: readonly Problem[] } {
  const parsed = parseParts(Object.fromEntries(lines.map((text, index) => [`adopt[${index}]`, text])));
  const adopt = new Map<string, AdoptLine>();
  const problems = parsed.problems.map(atLine);
  for (const { declaration, source } of parsed.declared) {
    const line = { at: printAt(source), text: source.text.trim() };
    const named = nameOf(declaration);
    if (named === undefined) problems.push(notAdoptable(line));
    else if (!incomplete && !isDeclared(named, desired)) problems.push(notDeclared(named.key, line));
    else problems.push(...keep(adopt, named, line));
  }
  return { adopt, problems };
}

interface Named {
  readonly key: string;
  readonly entry?: Entry;
}

/** Sysctls and policies come back by themselves, and a rule is marked as ours: none of them is ever adopted. */
function nameOf(declaration: Declaration): Named | undefined {
  if (isEntryDeclaration(declaration)) {
    const entry = toEntry(declaration);
    return { key: entry.key, entry };
  }
  return declaration.kind === 'chain' ? { key: chainKey(declaration) } : undefined;
}

function isDeclared({ key, entry }: Named, { entries, chains }: DesiredState): boolean {
  if (entry === undefined) return chains.get(key)?.own === true;
  return entries.has(key) || (entry.container !== undefined && entries.has(entry.container));
}

function keep(adopt: Map<string, AdoptLine>, { key, entry }: Named, line: AdoptLine): Problem[] {
  const first = adopt.get(key);
  if (first !== undefined && first.entry?.value !== entry?.value) return [namedTwice(key, line, first)];
  adopt.set(key, entry === undefined ? line : { ...line, entry });
  return [];
}

function printAt({ part, line }: Source): string {
  return `${part}, line ${line}`;
}

/** Each line stands for a part of its own while it is read. */
function atLine({ code, what, at = '', given, allowed, fix }: Problem): Problem {
  return {
    ...{ code, what, at: at.replace(/^part "(adopt\[\d+\])"/, '$1'), attribute: 'adopt' },
    ...(given === undefined ? {} : { given }),
    ...(allowed === undefined ? {} : { allowed }),
    ...(fix === undefined ? {} : { fix }),
  };
}

function notAdoptable({ at, text }: AdoptLine): Problem {
  return {
    code: 'adopt-kind',
    what: 'a rule, a policy or a sysctl is not adopted',
    at,
    given: text,
    allowed:
      'lines of ip, ipset and ipvsadm, and iptables -N. What a sysctl or a policy was is kept by itself and comes back; rules ' +
      'of others are left beside ours',
    fix: 'leave the line out',
    attribute: 'adopt',
  };
}

function notDeclared(key: string, { at, text }: AdoptLine): Problem {
  return {
    code: 'adopt-undeclared',
    what: `adopt names ${key}, which no part declares`,
    at,
    given: text,
    allowed: 'what a part declares, or what is in a set, virtual server or link that a part declares',
    fix: 'declare in a part how it shall be, or leave the line of adopt out: what is not declared is left alone',
    attribute: 'adopt',
  };
}

function namedTwice(key: string, { at, text }: AdoptLine, first: AdoptLine): Problem {
  return {
    code: 'two-values',
    what: `adopt says two things of ${key}`,
    at,
    given: `${text}, but ${first.text} in ${first.at}`,
    allowed: 'one line for what stands on the host',
    fix: 'leave one of the two lines out',
    attribute: 'adopt',
  };
}
