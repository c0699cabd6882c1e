// Which sets a text for the host in memory makes, and which it names without their being there. Used by fake-host.ts.
import { setsNamedBy } from '../../lib/converge/ipset/set-names';
import { RestoreFailed } from './fake-kernel';

/** By lines of ipset. */
export function setsMadeBy(text: string): string[] {
  return [...text.matchAll(/^create (\S+) /gm)].map(([, name = '']) => name);
}

/** A rule that names a set which is not there is refused. */
export function refuseMissingSets(text: string, sets: readonly string[]): void {
  text.split('\n').forEach((line, index) => {
    const missing = /^-[AI] /.test(line) ? setsNamedBy(line).find((name) => !sets.includes(name)) : undefined;
    if (missing !== undefined) throw new RestoreFailed(index + 1, `Set ${missing} doesn't exist.`);
  });
}
