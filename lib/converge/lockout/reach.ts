// Is the host's address still there, and a way back to the visitor: what changes of addresses, links, routes and routing rules would do. Used by check-lockout.ts.
import type { EntryKind } from '../../model/entry';
import type { IpDeclaration } from '../../syntax/ip/ip';
import type { Change, EntryChange } from '../change';
import { declarationOf } from '../ip/lines';
import type { Live, LiveEntry } from '../live';
import type { Blame, Ground } from './blame';
import type { CameBy } from './came-by';
import type { Finding } from './finding';
import type { Walked } from './judge';
import { routingFindings } from './routing';
import { sysctlFindings } from './sysctls';
import type { Visitor } from './visitors';
import { isLoopback } from './visitors';
import { wayFindings } from './way-back';

/** What addresses and routes are looked at for. */
export interface Reach {
  readonly cameBy: CameBy;
  readonly before: Live['entries'];
  readonly after: Live['entries'];
  readonly changes: readonly Change[];
  readonly walked: readonly { readonly visitor: Visitor; readonly walks: readonly Walked[] }[];
}

/** Where the connection stays on the host itself, links and routes are of no account. */
export function reachFindings(reach: Reach, ground: Ground): Finding[] {
  const lost = [...addressFindings(reach, ground), ...linkFindings(reach, ground)];
  if (lost.length > 0) return lost.slice(0, 1);
  if (isLoopback(reach.cameBy)) return [];
  return [...wayFindings(reach, ground), ...routingFindings(reach, ground), ...sysctlFindings(reach, ground)];
}

/** The addresses among the entries, without the lengths of their networks. */
export function addressesIn(entries: Live['entries']): string[] {
  return declarationsIn(entries, 'address').flatMap((each) =>
    each.kind === 'address' ? [each.address] : [],
  );
}

/** What the entries of a kind declare. */
export function declarationsIn(entries: Live['entries'], kind: EntryKind): IpDeclaration[] {
  return [...entries.values()].filter((entry) => entry.kind === kind).map(declarationOf);
}

/** The line of an entry that comes, goes or changes. */
export function entryBlame(
  { before, after }: Pick<EntryChange, 'before' | 'after'>,
  { desired, prior }: Ground,
): Blame | undefined {
  const entry = after ?? before;
  if (entry === undefined) return undefined;
  const source = (after === undefined ? prior : desired).entries.get(entry.key)?.sources[0];
  return {
    kind: after === undefined ? 'removed' : 'new',
    line: entry.line,
    ...(source === undefined ? {} : { source }),
  };
}

/** For a message about everybody. */
export function everybody({ server, port }: CameBy): string {
  return `SSH from everywhere to ${server.includes(':') ? `[${server}]` : server}:${port}`;
}

function addressFindings({ cameBy, before, after, changes }: Reach, ground: Ground): Finding[] {
  const isIt = (entry: LiveEntry): boolean => {
    const declaration = entry.kind === 'address' ? declarationOf(entry) : undefined;
    return declaration?.kind === 'address' && declaration.address === cameBy.server;
  };
  const had = [...before.values()].filter(isIt);
  if (had.length === 0 || [...after.values()].some(isIt)) return [];
  const gone = changes.find(
    (change) =>
      change.kind === 'entry' &&
      change.after === undefined &&
      had.some(({ key, container }) => key === change.before?.key || container === change.before?.key),
  );
  const culprit = gone?.kind === 'entry' ? entryBlame(gone, ground) : undefined;
  return [
    {
      kind: 'lockout',
      summary: `the apply would lock out ${everybody(cameBy)}`,
      lines: [`the host would lose its address ${cameBy.server}`],
      ...(culprit === undefined ? {} : { blame: culprit }),
      fix: 'keep that line; or come by another address of the host; or set allow_lockout = true, and have another way in',
    },
  ];
}

function linkFindings({ cameBy, before, after, changes }: Reach, ground: Ground): Finding[] {
  const { device, serverDevice } = cameBy;
  const key = `link-state ${device ?? ''}`;
  if (device === undefined || device !== serverDevice || !before.has(key) || after.has(key)) return [];
  const gone = changes.find((change) => change.kind === 'entry' && change.before?.key === key);
  const culprit = gone?.kind === 'entry' ? entryBlame(gone, ground) : undefined;
  return [
    {
      kind: 'lockout',
      summary: `the apply would lock out ${everybody(cameBy)}`,
      lines: [`device ${device}, by which this session comes, would go down`],
      ...(culprit === undefined ? {} : { blame: culprit }),
      fix: 'keep that line; or set allow_lockout = true, and have another way in',
    },
  ];
}
