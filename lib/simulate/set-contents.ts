// A set with its members, read so that packets can be looked up in it. Used by match-set.ts and by who gives the surroundings.
import type { Family } from '../model/iptables';
import type { MemberDeclaration, SetDeclaration } from '../model/ipset';
import { parseIpsetSave } from '../syntax/ipset/ipset-save';
import type { Dimension } from '../syntax/ipset/set-types';
import { findSetType } from '../syntax/ipset/set-types';
import type { Addresses } from './addresses';
import { parseAddresses, prefixLength } from './addresses';

/** One set. */
export interface SetContents {
  readonly name: string;
  readonly type: string;
  /** What each place of a member is; none of a type that is not known. */
  readonly dimensions: readonly Dimension[];
  /** Absent where the set holds no addresses. */
  readonly family?: Family;
  /** Which bits of an address the set looks at, where not all. */
  readonly mask?: bigint;
  /** The most specific first. */
  readonly members: readonly SetMember[];
}

/** One member. */
export interface SetMember {
  readonly values: readonly SetValue[];
  readonly isNomatch: boolean;
}

/** What stands at one place of a member. */
export type SetValue =
  | { readonly kind: 'addresses'; readonly addresses: Addresses }
  | { readonly kind: 'port'; readonly protocol?: string; readonly port: number }
  | { readonly kind: 'mark'; readonly mark: number; readonly mask: number }
  | { readonly kind: 'device'; readonly name: string }
  | { readonly kind: 'set'; readonly name: string }
  /** Such as a hardware address. */
  | { readonly kind: 'other' };

/** All sets that `ipset save` prints, by name. Throws `UnreadableSets`. */
export function readSets(saved: string): ReadonlyMap<string, SetContents> {
  const { sets, members } = parseIpsetSave(saved);
  return toSets(sets, members);
}

/** Sets with the members that are theirs, by name. */
export function toSets(
  sets: readonly SetDeclaration[],
  members: readonly MemberDeclaration[],
): ReadonlyMap<string, SetContents> {
  const bySet = new Map<string, MemberDeclaration[]>(sets.map(({ name }) => [name, []]));
  for (const member of members) bySet.get(member.set)?.push(member);
  return new Map(sets.map((set) => [set.name, toContents(set, bySet.get(set.name) ?? [])]));
}

function toContents(set: SetDeclaration, members: readonly MemberDeclaration[]): SetContents {
  const dimensions = findSetType(set.type)?.dimensions ?? [];
  const option = (name: string): string | undefined => set.options.find((each) => each.name === name)?.value;
  const family: Family = option('family') === 'inet6' ? 'ipv6' : 'ipv4';
  const hasFamily = !WITHOUT_FAMILY.includes(set.type);
  const mask = maskOf(option('netmask'), option('bitmask'), family);
  const frame = { dimensions, family, markMask: Number(option('markmask') ?? 0xffffffff) };
  return {
    name: set.name,
    type: set.type,
    dimensions,
    ...(hasFamily ? { family } : {}),
    ...(mask === undefined ? {} : { mask }),
    members: members.map((member) => toMember(member, frame)).sort(bySpecificity),
  };
}

const WITHOUT_FAMILY: readonly string[] = ['bitmap:port', 'hash:mac', 'list:set'];

function maskOf(length: string | undefined, mask: string | undefined, family: Family): bigint | undefined {
  if (mask !== undefined) return parseAddresses(mask, family)?.bits;
  const any = family === 'ipv4' ? '0.0.0.0' : '::';
  return length === undefined ? undefined : parseAddresses(`${any}/${length}`, family)?.mask;
}

interface Frame {
  readonly dimensions: readonly Dimension[];
  readonly family: Family;
  readonly markMask: number;
}

function toMember({ member, options }: MemberDeclaration, frame: Frame): SetMember {
  const pieces = frame.dimensions[0] === 'set' ? [member] : member.split(',');
  return {
    values: pieces.map((piece, index) => toValue(piece, frame.dimensions[index], frame)),
    isNomatch: options.some(({ name }) => name === 'nomatch'),
  };
}

function toValue(piece: string, dimension: Dimension | undefined, { family, markMask }: Frame): SetValue {
  switch (dimension) {
    case 'ip':
    case 'one-ip':
    case 'net': {
      const addresses = parseAddresses(piece, family);
      return addresses === undefined ? { kind: 'other' } : { kind: 'addresses', addresses };
    }
    case 'port': {
      const [protocol = '', port = ''] = piece.split(':');
      return /^\d+$/.test(port) ? { kind: 'port', protocol, port: Number(port) } : { kind: 'other' };
    }
    case 'port-number':
      return { kind: 'port', port: Number(piece) };
    case 'mark':
      return { kind: 'mark', mark: Number(piece), mask: markMask };
    case 'device':
      return piece.startsWith('physdev:') ? { kind: 'other' } : { kind: 'device', name: piece };
    case 'set':
      return { kind: 'set', name: piece };
    case 'mac':
    case 'optional-mac':
    case undefined:
      return { kind: 'other' };
  }
}

/** The kernel tries long prefixes before short ones, so that a `nomatch` takes out a part of a network. */
function bySpecificity(one: SetMember, other: SetMember): number {
  for (const [index, value] of one.values.entries()) {
    const twin = other.values[index];
    if (value.kind !== 'addresses' || twin?.kind !== 'addresses') continue;
    const difference = prefixLength(twin.addresses) - prefixLength(value.addresses);
    if (difference !== 0) return difference;
  }
  return 0;
}
