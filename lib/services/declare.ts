// Short ways to say chains, rules, sets and sysctls, in the order of words in which iptables-save prints them; used by the files of services.
import type { ChainDeclaration, RuleDeclaration, SysctlDeclaration } from '../model/declaration';
import type { MemberDeclaration, SetDeclaration } from '../model/ipset';
import type { ChainAddress, Family } from '../model/iptables';
import type { Match, Target } from '../model/rule';
import { familyOf, fullLength } from './addresses';
import type { Protocol } from './service';

/** A chain of table nat. */
export function nat(chain: string, family: Family = 'ipv4'): ChainAddress {
  return { family, table: 'nat', chain };
}

/** A chain of table filter. */
export function filter(chain: string, family: Family = 'ipv4'): ChainAddress {
  return { family, table: 'filter', chain };
}

/** `sysctl KEY=VALUE`. */
export function sysctl(key: string, value: string): SysctlDeclaration {
  return { kind: 'sysctl', key, value };
}

/** `-N`. */
export function declareChain(chain: ChainAddress): ChainDeclaration {
  return { kind: 'chain', ...chain };
}

/** `-A`. */
export function append(chain: ChainAddress, matches: readonly Match[], target: Target): RuleDeclaration {
  return { kind: 'rule', ...chain, place: 'tail', rule: { matches, target } };
}

/** `-A` of a rule without a target, which only counts. */
export function count(chain: ChainAddress, matches: readonly Match[]): RuleDeclaration {
  return { kind: 'rule', ...chain, place: 'tail', rule: { matches } };
}

/** `-I`: what is prepended later stands above. */
export function prepend(chain: ChainAddress, matches: readonly Match[], target: Target): RuleDeclaration {
  return { kind: 'rule', ...chain, place: 'head', rule: { matches, target } };
}

/** `-j CHAIN`. */
export function jump(chain: string): Target {
  return { kind: 'jump', chain };
}

/** `-j ACCEPT`. */
export const ACCEPT: Target = { kind: 'verdict', verdict: 'ACCEPT' };

/** `-j DROP`. */
export const DROP: Target = { kind: 'verdict', verdict: 'DROP' };

/** `-j RETURN`. */
export const RETURN: Target = { kind: 'verdict', verdict: 'RETURN' };

/** `-j MASQUERADE`, with `--random-fully` or without. */
export function masquerade(randomFully: boolean): Target {
  return { kind: 'masquerade', flags: randomFully ? ['random-fully'] : [] };
}

/** With what iptables and ip6tables take where nothing is said. */
export function reject(family: Family): Target {
  return { kind: 'reject', with: family === 'ipv4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable' };
}

/** `-m comment --comment TEXT`. */
export function comment(text: string): Match {
  return { kind: 'comment', text };
}

/** `-p PROTOCOL`. */
export function isProtocol(protocol: Protocol): Match {
  return { kind: 'protocol', protocol };
}

/** `-d ADDRESS`: one address, not a network. */
export function isTo(address: string): Match {
  return { kind: 'destination', prefix: alone(address) };
}

/** `-s ADDRESS`: one address, not a network. */
export function isFrom(address: string): Match {
  return { kind: 'source', prefix: alone(address) };
}

function alone(address: string): string {
  return `${address}/${fullLength(familyOf(address))}`;
}

/** `--dport PORT`. */
export function isToPort(protocol: Protocol, port: number): Match {
  return { kind: 'ports', protocol, destination: { ports: { first: port, last: port } } };
}

/** It goes to the port at the address; `from` says whence. */
export function isAt(
  {
    address,
    protocol,
    port,
  }: { readonly address: string; readonly protocol: Protocol; readonly port: number },
  remark: string,
  from: readonly Match[] = [],
): readonly Match[] {
  const [bySource, byDevice] = [from.filter(isSource), from.filter((match) => !isSource(match))];
  return [
    ...bySource,
    isTo(address),
    ...byDevice,
    isProtocol(protocol),
    comment(remark),
    isToPort(protocol, port),
  ];
}

/** Saved rules begin with the source, and name devices behind the destination. */
function isSource({ kind }: Match): boolean {
  return kind === 'source';
}

/** It goes to an address of this host's own. */
export const IS_TO_THIS_HOST: Match = { kind: 'addrtype', destination: { type: 'LOCAL' } };

/** It comes from an address of this host's own. */
export const IS_FROM_THIS_HOST: Match = { kind: 'addrtype', source: { type: 'LOCAL' } };

/** It comes from anywhere else. */
export const IS_FROM_OTHERS: Match = { kind: 'addrtype', source: { negated: true, type: 'LOCAL' } };

/** The first packet of a connection. */
export const IS_NEW: Match = { kind: 'ctstate', states: ['NEW'] };

/** `-m set --match-set SET FIELDS`. */
export function isInSet(set: string, fields: string): Match {
  return { kind: 'module', module: 'set', options: [{ name: '--match-set', values: [set, fields] }] };
}

/** `ipset create NAME TYPE`, with `family inet6` where it is to hold addresses of IPv6. */
export function declareSet(name: string, type: string, family: Family): SetDeclaration {
  return {
    kind: 'set',
    name,
    type,
    options: family === 'ipv4' ? [] : [{ name: 'family', value: 'inet6' }],
  };
}

/** `ipset create NAME bitmap:port range 0-65535`. */
export function declarePortSet(name: string): SetDeclaration {
  return { kind: 'set', name, type: 'bitmap:port', options: [{ name: 'range', value: '0-65535' }] };
}

/** `ipset add SET MEMBER`. */
export function declareMember(set: string, member: string): MemberDeclaration {
  return { kind: 'member', set, member, options: [] };
}
