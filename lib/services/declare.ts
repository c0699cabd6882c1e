// Short ways to say chains, rules, sets and sysctls, in the order of words in which iptables-save prints them; used by the files of services.
import type { ChainDeclaration, RuleDeclaration, SysctlDeclaration } from '../model/declaration';
import type { MemberDeclaration, SetDeclaration } from '../model/ipset';
import type { ChainAddress, Family } from '../model/iptables';
import type { Match, Target } from '../model/rule';
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

/** `-j MASQUERADE --random-fully`. */
export const MASQUERADE: Target = { kind: 'masquerade', flags: ['random-fully'] };

/** `port-unreachable` is what iptables takes where none is said. */
export const REJECT: Target = { kind: 'reject', with: 'icmp-port-unreachable' };

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
  return { kind: 'destination', prefix: `${address}/32` };
}

/** `-s ADDRESS`: one address, not a network. */
export function isFrom(address: string): Match {
  return { kind: 'source', prefix: `${address}/32` };
}

/** `--dport PORT`. */
export function isToPort(protocol: Protocol, port: number): Match {
  return { kind: 'ports', protocol, destination: { ports: { first: port, last: port } } };
}

/** The address is one of this host's own. */
export const IS_TO_THIS_HOST: Match = { kind: 'addrtype', destination: { type: 'LOCAL' } };

/** The first packet of a connection. */
export const IS_NEW: Match = { kind: 'ctstate', states: ['NEW'] };

/** `-m set --match-set SET FIELDS`. */
export function isInSet(set: string, fields: string): Match {
  return { kind: 'module', module: 'set', options: [{ name: '--match-set', values: [set, fields] }] };
}

/** `ipset create NAME TYPE [range RANGE]`. */
export function declareSet(name: string, type: string, range?: string): SetDeclaration {
  return { kind: 'set', name, type, options: range === undefined ? [] : [{ name: 'range', value: range }] };
}

/** `ipset add SET MEMBER`. */
export function declareMember(set: string, member: string): MemberDeclaration {
  return { kind: 'member', set, member, options: [] };
}
