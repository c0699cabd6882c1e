// Reads `ip` command lines of a part (link, addr, route, rule) and prints what they declare as lines and entries.
import type { Entry } from '../../model/entry';
import type {
  AddressDeclaration,
  LinkDeclaration,
  LinkStateDeclaration,
  RouteDeclaration,
  RoutingRuleDeclaration,
} from '../../model/ip';
import { refuse } from '../problem';
import { addressEntry, completeAddress, readAddressAdd } from './address';
import { readIpCommand } from './command';
import { completeLink, linkEntry, readLinkAdd, readLinkSet, refuseLinkType } from './link';
import { KERNEL } from './names';
import { readRouteAdd } from './route';
import { completeRoute, routeEntry } from './route-entry';
import { completeRule, readRuleAdd, ruleEntry } from './rule';

/** What a line of `ip` may declare. */
export type IpDeclaration =
  LinkDeclaration | LinkStateDeclaration | AddressDeclaration | RouteDeclaration | RoutingRuleDeclaration;

/** What the words behind `ip` declare. Throws `InvalidInput`. */
export function readIp(words: readonly string[]): readonly IpDeclaration[] {
  const declared = readAnyIp(words);
  for (const declaration of declared) refuseKernels(declaration);
  return declared;
}

/** The same of a line that says what a host holds, which may also be what only the kernel makes. */
export function readAnyIp(words: readonly string[]): readonly IpDeclaration[] {
  const { command, family, rest } = readIpCommand(words);
  switch (command) {
    case 'link add':
      return readLinkAdd(rest);
    case 'link set':
      return readLinkSet(rest);
    case 'addr add':
      return [readAddressAdd(rest, family)];
    case 'route add':
      return [readRouteAdd(rest, family)];
    case 'rule add':
      return [readRuleAdd(rest, family)];
  }
}

/** The canonical command line and what it is compared by. */
export function ipEntry(declaration: IpDeclaration): Entry {
  switch (declaration.kind) {
    case 'link':
    case 'link-state':
      return linkEntry(declaration);
    case 'address':
      return addressEntry(declaration);
    case 'route':
      return routeEntry(declaration);
    case 'routing-rule':
      return ruleEntry(declaration);
  }
}

/** The words behind `ip` with nothing left to defaults: what runs on a host, and what a host is asked to show. */
export function completeIpLine(declaration: IpDeclaration): string {
  switch (declaration.kind) {
    case 'link':
    case 'link-state':
      return completeLink(declaration);
    case 'address':
      return completeAddress(declaration);
    case 'route':
      return completeRoute(declaration);
    case 'routing-rule':
      return completeRule(declaration);
  }
}

function refuseKernels(declaration: IpDeclaration): void {
  if (declaration.kind === 'link' && declaration.type === 'other') refuseLinkType('other');
  if (declaration.kind !== 'route' || declaration.protocol !== KERNEL) return;
  refuse(
    'kernel-route',
    `a route with proto kernel is the kernel's own: it comes and goes with an address, got ${declaration.destination}`,
    {
      fix: 'leave the line out, and declare the address with its prefix length',
    },
  );
}
