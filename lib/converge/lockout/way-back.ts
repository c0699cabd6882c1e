// The route by which answers go back to a visitor, before and after an apply. Used by reach.ts.
import type { RouteDeclaration } from '../../model/ip';
import type { Addresses } from '../../simulate/addresses';
import { ANY_ADDRESS, isWithin, parseAddresses, prefixLength } from '../../simulate/addresses';
import type { Change, EntryChange } from '../change';
import { declarationOf } from '../ip/lines';
import type { Live } from '../live';
import type { Ground } from './blame';
import type { Finding } from './finding';
import type { Reach } from './reach';
import { declarationsIn, entryBlame } from './reach';
import type { Visitor } from './visitors';
import { visitorName } from './visitors';

/** A way that is gone for good, whatever rules of routing say; or another one than before. */
export function wayFindings({ cameBy, before, after, changes, walked }: Reach, ground: Ground): Finding[] {
  return walked.flatMap(({ visitor }) => {
    const was = bestOf(routesTo(visitor, standing(before)));
    const devices = was?.route.nextHops.flatMap(({ device }) => device ?? []) ?? [];
    // What the host said of its way counts more than the routes that we understand.
    const isOther =
      visitor.kind === 'session' && cameBy.device !== undefined && !devices.includes(cameBy.device);
    return isOther ? [] : wayFinding(visitor, { before, after, changes }, ground);
  });
}

function wayFinding(
  visitor: Visitor,
  { before, after, changes }: Pick<Reach, 'before' | 'after' | 'changes'>,
  ground: Ground,
): Finding[] {
  const had = routesTo(visitor, standing(before));
  const has = routesTo(visitor, standing(after));
  if (had.length === 0 || !had.some(leads)) return [];
  if (!has.some(leads)) return [lost(visitor, changes, ground)];
  const [was, is] = [bestOf(had), bestOf(has)];
  if (is === undefined || was?.line === is.line) return [];
  return [
    leads(is) || hasOwnRules(after)
      ? other(visitor, { is, changes }, ground)
      : lost(visitor, changes, ground),
  ];
}

interface Way {
  readonly route: RouteDeclaration;
  readonly line: string;
}

/** Those that cover all of the visitor's addresses. */
function routesTo({ addresses, family }: Visitor, entries: Live['entries']): Way[] {
  return [...entries.values()].flatMap((entry) => {
    const route = entry.kind === 'route' ? declarationOf(entry) : undefined;
    if (route?.kind !== 'route' || route.family !== family) return [];
    return isWithin(addresses, destinationOf(route)) === 'yes' ? [{ route, line: entry.line }] : [];
  });
}

function destinationOf({ destination, family }: RouteDeclaration): Addresses {
  return destination === 'default' ? ANY_ADDRESS : (parseAddresses(destination, family) ?? ANY_ADDRESS);
}

function leads({ route: { type } }: Way): boolean {
  return type === 'unicast' || type === 'local';
}

/** In table main the longest prefix decides, then the lowest metric. */
function bestOf(ways: readonly Way[]): Way | undefined {
  return ways
    .filter(({ route }) => route.table === MAIN)
    .sort(
      (a, b) =>
        prefixLength(destinationOf(b.route)) - prefixLength(destinationOf(a.route)) ||
        (a.route.metric ?? 0) - (b.route.metric ?? 0),
    )[0];
}

const MAIN = 254;
const KERNEL = 2;

/** Rules of routing beside the three that every host has. */
function hasOwnRules(entries: Live['entries']): boolean {
  return declarationsIn(entries, 'routing-rule').some(
    (rule) => rule.kind === 'routing-rule' && ![0, 32766, 32767].includes(rule.preference),
  );
}

/** The kernel takes away the route of a network with the last address in it, and all routes by a device that is gone or down. */
function standing(entries: Live['entries']): Live['entries'] {
  const addresses = declarationsIn(entries, 'address').flatMap((each) =>
    each.kind === 'address' ? [each] : [],
  );
  return new Map(
    [...entries].filter(([, entry]) => {
      const route = entry.kind === 'route' ? declarationOf(entry) : undefined;
      if (route?.kind !== 'route') return true;
      const devices = route.nextHops.flatMap(({ device }) => device ?? []);
      if (devices.some((device) => !entries.has(`link-state ${device}`))) return false;
      if (route.protocol !== KERNEL || route.destination === 'default') return true;
      return addresses.some(
        ({ address, device, family }) =>
          devices.includes(device) &&
          isWithin(parseAddresses(address, family) ?? ANY_ADDRESS, destinationOf(route)) === 'yes',
      );
    }),
  );
}

function lost(visitor: Visitor, changes: readonly Change[], ground: Ground): Finding {
  const blame = culpritOf(visitor, changes, ground);
  return {
    kind: 'lockout',
    summary: `the apply would lock out ${visitorName(visitor)}`,
    lines: [`no route of the host would lead back to ${visitor.prefix}`],
    ...(blame === undefined ? {} : { blame }),
    fix: 'keep a route that leads there; or set allow_lockout = true, and have another way in',
  };
}

function other(
  visitor: Visitor,
  { is, changes }: { readonly is: Way; readonly changes: readonly Change[] },
  ground: Ground,
): Finding {
  const blame = culpritOf(visitor, changes, ground);
  return {
    kind: 'doubt',
    summary: `it cannot be told whether ${visitorName(visitor)} gets its answers`,
    lines: [`they would take another way than now: ${is.line}`],
    ...(blame === undefined ? {} : { blame }),
    fix: 'make sure that this way leads there',
  };
}

/** A route to the visitor, or an address or link on which one stands. */
function culpritOf(
  visitor: Visitor,
  changes: readonly Change[],
  ground: Ground,
): ReturnType<typeof entryBlame> {
  const own = changes.filter((change): change is EntryChange => change.kind === 'entry');
  const isRoute = ({ before, after }: EntryChange): boolean => {
    const entry = after ?? before;
    const route = entry?.kind === 'route' ? declarationOf(entry) : undefined;
    return route?.kind === 'route' && isWithin(visitor.addresses, destinationOf(route)) === 'yes';
  };
  const isGround = ({ before, after }: EntryChange): boolean =>
    after === undefined && ['address', 'link', 'link-state'].includes(before?.kind ?? '');
  const culprit = own.find(isRoute) ?? own.find(isGround);
  return culprit === undefined ? undefined : entryBlame(culprit, ground);
}
