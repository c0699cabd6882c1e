// May the entries be made as declared on this host? Others' objects, others' scopes, and modules that the kernel lacks. Used by check-host.ts.
import { printSource } from '../../model/declaration';
import type { Problem } from '../../model/errors';
import type { DesiredState } from '../desired';
import type { HostTarget } from '../engine';
import { Refused } from '../errors';
import type { Live, LiveEntry } from '../live';
import type { AdoptLine } from '../adopt';
import { isOtherKind } from '../ipset/set-work';
import type { ScopeManifest } from '../manifest';
import { modulesOf } from '../modules';
import { onceFor } from '../once-for';
import { isNamedByAdopt } from './adopted';
import { holdAndRelease } from '../release';
import { SUBSYSTEMS } from '../subsystems';
import type { DesiredEntry } from './desired-entries';
import { childrenOf, hasValue, isHeld, isManaged, isOthers, isOwnEntry } from './own-entries';

/** Known before anything is tried on the host. */
export const entryProblems = onceFor((desired: DesiredState, live: Live): readonly Problem[] => [
  ...missingModules(desired, live),
  ...allTaken(desired, live),
  ...SUBSYSTEMS.flatMap(({ problems }) => problems(desired, live)),
]);

/** What holds something of another scope cannot go: it would take that along. */
export function checkSharedContainers(target: HostTarget, desired: DesiredState, live: Live): void {
  for (const change of holdAndRelease(desired, live).released) {
    if (change.kind !== 'entry' || change.before === undefined || change.after !== undefined) continue;
    const { key } = change.before;
    const theirs = childrenOf(key, live).find((child) => isOthers(child.key, target.scope, live));
    if (theirs === undefined) continue;
    const holders = live.manifest.found[theirs.key]?.holders.map((name) => `scope "${name}"`) ?? [];
    throw new Refused(
      'in-use',
      `${target.name}: ${key} cannot be removed, it holds what is of ${holders.join(', ')}:\n${theirs.line}`,
      'remove that there first, or leave what holds it declared',
    );
  }
}

function missingModules(desired: DesiredState, live: Live): Problem[] {
  const needed = modulesOf(desired);
  return live.missingModules.flatMap((module) => {
    const source = needed.get(module);
    if (source === undefined) return [];
    return [
      {
        code: 'missing-module',
        what: `the host's kernel has no module ${module}, which the line needs`,
        at: printSource(source),
        given: source.text.trim(),
        fix: `install a kernel with that module, or its package of further modules; \`modprobe ${module}\` on the host says why it cannot be loaded`,
        part: source.part,
      },
    ];
  });
}

function allTaken(desired: DesiredState, live: Live): Problem[] {
  const others = Object.entries(live.manifest.scopes).filter(([name]) => name !== desired.scope.name);
  return [...desired.entries.values()].flatMap((wanted) => takenProblems(wanted, others, { desired, live }));
}

type Others = readonly (readonly [string, ScopeManifest])[];

function takenProblems(
  wanted: DesiredEntry,
  others: Others,
  { desired, live }: { desired: DesiredState; live: Live },
): Problem[] {
  const { entry } = wanted;
  const { scope } = desired;
  const other = holderBeside(wanted, others);
  if (other !== undefined) return [heldByScope(wanted, other)];
  const there = live.entries.get(entry.key);
  if (there === undefined || isOwnEntry(there, scope, live)) return [];
  if (!hasValue(there, entry.value) && !mayChange(there, wanted, desired))
    return [foreignEntry(wanted, there, desired)];
  const beside = childrenOf(entry.key, live).filter(
    (child) => isManaged(child) && !desired.entries.has(child.key) && !isNamedByAdopt(child, desired),
  );
  return beside.length === 0 || isHeld(entry.key, scope, live) ? [] : [foreignContainer(wanted, beside)];
}

/** A set of another type or family is another set: rules of others that look into it would mean something else. */
function mayChange(there: LiveEntry, { entry }: DesiredEntry, desired: DesiredState): boolean {
  return isNamedByAdopt(there, desired) && !(entry.kind === 'set' && isOtherKind(there, entry));
}

/** Another scope that holds the same thing with another value, or at all if it is a thing in which others live. */
function holderBeside({ entry }: DesiredEntry, others: Others): string | undefined {
  const isContainer = entry.kind === 'set' || entry.kind === 'virtual-server' || entry.kind === 'link';
  return others.find(([, { entries }]) => {
    const theirs = entries[entry.key];
    return theirs !== undefined && (isContainer || theirs !== entry.line);
  })?.[0];
}

function heldByScope({ entry, sources: [source] }: DesiredEntry, scope: string): Problem {
  return {
    code: 'held-by-scope',
    what: `scope "${scope}" declares ${entry.key} on this host too`,
    at: printSource(source),
    given: source.text.trim(),
    allowed: 'what two scopes declare alike; a set, a virtual server or a link in one scope only',
    fix: 'declare it in one scope only, or under another name',
    part: source.part,
  };
}

function foreignEntry(wanted: DesiredEntry, there: LiveEntry, desired: DesiredState): Problem {
  const {
    entry,
    sources: [source],
  } = wanted;
  const line = desired.adopt?.get(entry.key);
  if (line?.entry !== undefined && !hasValue(there, line.entry.value)) return otherThanNamed(line, there);
  return {
    code: 'foreign-entry',
    what: `${entry.key} is on the host already, differs from what is declared, and is not of this scope`,
    at: printSource(source),
    given: `${source.text.trim()}\non the host: ${there.line}`,
    allowed: isNamedByAdopt(there, desired)
      ? 'adopt lets options change, and neither type nor family of a set'
      : 'what is on the host already is taken over only where it is equal, or where adopt names it as it is there',
    fix: 'declare it as it is on the host, or choose another; or, if it may be changed, put the line of the host into adopt',
    part: source.part,
  };
}

function otherThanNamed({ at, text }: AdoptLine, there: LiveEntry): Problem {
  return {
    code: 'adopt-other',
    what: `${there.key} is on the host, and is not as adopt says`,
    at,
    given: `${text}\non the host: ${there.line}`,
    allowed: 'the line as it stands on the host: what somebody changed meanwhile is not taken over unseen',
    fix: 'look whether it is what is meant, and write it as it is there',
    attribute: 'adopt',
  };
}

function foreignContainer({ entry, sources: [source] }: DesiredEntry, beside: readonly LiveEntry[]): Problem {
  return {
    code: 'foreign-entry',
    what: `${entry.key} is on the host already, and holds what is not declared`,
    at: printSource(source),
    given: beside
      .slice(0, 3)
      .map(({ line }) => line)
      .join('\n'),
    allowed:
      'what exists is taken over only when it is empty, or holds nothing but what is declared, or adopt names it',
    fix: 'choose another name, or declare what it holds; or put its line into adopt, and what it holds stays in it',
    part: source.part,
  };
}
