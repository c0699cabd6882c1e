// What is wrong with declared virtual and real servers on this host. Used by ipvs.ts.
import { printSource } from '../../model/declaration';
import type { Problem } from '../../model/errors';
import { closest } from '../../syntax/closest';
import type { DesiredState } from '../desired';
import type { DesiredEntry } from '../entries/desired-entries';
import type { Live } from '../live';

/** A real server needs a virtual server: one that is declared, or one of others that is on the host. */
export function ipvsProblems(desired: DesiredState, live: Live): readonly Problem[] {
  return [...desired.entries.values()].flatMap((wanted) => {
    const { kind, container } = wanted.entry;
    if (kind !== 'real-server' || container === undefined) return [];
    if (desired.entries.has(container) || staysWithoutUs(container, desired, live)) return [];
    return [withoutVirtualServer(wanted, container, { desired, live })];
  });
}

/** It is there, and not only because of a line of ours that is left out now. */
function staysWithoutUs(key: string, { scope }: DesiredState, live: Live): boolean {
  if (!live.entries.has(key)) return false;
  const found = live.manifest.found[key];
  if (found?.holders.includes(scope.name) !== true) return true;
  return found.value !== undefined || found.holders.length > 1;
}

function withoutVirtualServer(
  { sources: [source] }: DesiredEntry,
  container: string,
  { desired, live }: { desired: DesiredState; live: Live },
): Problem {
  const words = container.slice('virtual-server '.length);
  const declared = [...desired.entries.values()]
    .filter(({ entry }) => entry.kind === 'virtual-server')
    .map(({ entry }) => entry.key.slice('virtual-server '.length));
  const near = closest(words, declared);
  const isLeftOut = live.entries.has(container);
  return {
    code: 'unknown-virtual-server',
    what: isLeftOut
      ? `virtual server ${words} is there only because of a line that is now left out`
      : `no line declares virtual server ${words}, and the host has none`,
    at: printSource(source),
    given: source.text.trim(),
    fix: near === undefined ? `add \`ipvsadm -A ${words} -s rr\`` : `if ${near} is meant, write it so`,
    part: source.part,
  };
}
