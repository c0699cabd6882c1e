// The matches and targets that only ip6tables has: ICMPv6, hop limit, extension headers, prefix translation.
import type { MatchEntry, TargetEntry } from './entry';
import { opaqueMatch, opaqueTarget, plainMatch, plainTarget, requireOneOf } from './entry';
import { icmp6Type } from './icmp6-types';
import { requireProtocol } from './packets';
import { numberOf } from './values';

const HL_OPTIONS = ['--hl-eq', '--hl-lt', '--hl-gt'] as const;
const HL_CHANGES = ['--hl-set', '--hl-dec', '--hl-inc'] as const;

/** Their entries: the headers that may follow IPv6's own are told apart, but kept as they are written. */
export const IPV6_MATCHES: readonly MatchEntry[] = [
  plainMatch('icmp6', [{ name: '--icmpv6-type', negatable: true, required: true, canonical: icmp6Type }], {
    family: 'ipv6',
    check: (given) => {
      requireProtocol(given, ['ipv6-icmp']);
    },
  }),
  plainMatch(
    'hl',
    HL_OPTIONS.map((name, index) => ({
      name,
      canonical: numberOf('a hop limit', 0, 255),
      ...(index === 0 ? { negatable: true, aliases: ['--hl'] } : {}),
    })),
    { family: 'ipv6', check: (given) => requireOneOf(given, HL_OPTIONS) },
  ),
  plainMatch('eui64', [], { family: 'ipv6', chains: ['PREROUTING', 'INPUT', 'FORWARD'] }),
  ipv6Opaque('frag', ['--fragid', '--fraglen'], ['--fragres', '--fragfirst', '--fragmore', '--fraglast']),
  ipv6Opaque(
    'rt',
    ['--rt-type', '--rt-segsleft', '--rt-len', '--rt-0-addrs'],
    ['--rt-0-res', '--rt-0-not-strict'],
  ),
  ipv6Opaque('dst', ['--dst-len', '--dst-opts']),
  ipv6Opaque('hbh', ['--hbh-len', '--hbh-opts']),
  ipv6Opaque('ipv6header', ['--header'], ['--soft']),
  ipv6Opaque('mh', ['--mh-type']),
];

/** Their entries. */
export const IPV6_TARGETS: readonly TargetEntry[] = [
  plainTarget(
    'HL',
    HL_CHANGES.map((name) => ({
      name,
      canonical: numberOf('a hop limit', name === '--hl-set' ? 0 : 1, 255),
    })),
    { family: 'ipv6', tables: ['mangle'], check: (given) => requireOneOf(given, HL_CHANGES) },
  ),
  ...['SNPT', 'DNPT'].map((extension) => ({
    ...opaqueTarget(extension, [{ name: '--src-pfx' }, { name: '--dst-pfx' }]),
    family: 'ipv6' as const,
    tables: ['mangle'] as const,
  })),
];

function ipv6Opaque(module: string, values: readonly string[], flags: readonly string[] = []): MatchEntry {
  const shapes = [
    ...values.map((name) => ({ name, negatable: true })),
    ...flags.map((name) => ({ name, values: 0 as const })),
  ];
  return { ...opaqueMatch(module, shapes), family: 'ipv6' };
}
