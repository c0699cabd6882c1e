// The lines of a step: what stands behind `ip`, nothing left to defaults, and what takes each of them back. Used by plan.ts and proof.ts.
import type { Entry } from '../../model/entry';
import type { IpDeclaration } from '../../syntax/ip/ip';
import { completeIpLine, readAnyIp } from '../../syntax/ip/ip';
import { splitWords } from '../../syntax/words';

/** What an entry's line declares. */
export function declarationOf({ line }: Entry): IpDeclaration {
  const [, ...words] = splitWords(line);
  const [declaration] = readAnyIp(words);
  if (declaration === undefined) throw new Error(`no declaration in ${line}`);
  return declaration;
}

/** Makes it; the same line is its fingerprint, which a host prints of what it holds. */
export function addLine(entry: Entry): string {
  return completeIpLine(declarationOf(entry));
}

/** Removes just it. */
export function removeLine(entry: Entry): string {
  const line = addLine(entry);
  return entry.kind === 'link-state' ? line.replace(/ up$/, ' down') : line.replace(' add ', ' del ');
}

/** Puts it in the place of what stands under its key: a route at one blow, a rule before the old one goes, so that no packet misses it. */
export function changeLines(before: Entry, after: Entry): readonly string[] {
  if (after.kind === 'route') return [addLine(after).replace(' add ', ' replace ')];
  const lines = [removeLine(before), addLine(after)];
  // Two rules may stand beside each other; an address may not.
  return after.kind === 'routing-rule' ? lines.reverse() : lines;
}
