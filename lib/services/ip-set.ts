// What a set and its members mean in the terms of ipset(8), part by part; used by the construct IpSet.
import type { Declaration } from '../model/declaration';
import type { MemberDeclaration, SetDeclaration, SetOption } from '../model/ipset';
import type { Bucket } from './buckets';
import { bucketSuffix, intoBuckets } from './buckets';

/** A set as it is declared. */
export interface IpSetLayout {
  readonly name: string;
  readonly type: string;
  /** Of the set, in any order that ipset takes. */
  readonly options: readonly SetOption[];
  readonly members: readonly IpSetMember[];
}

/** One member with its own options. */
export interface IpSetMember {
  readonly member: string;
  readonly options: readonly SetOption[];
  /** True where `member` only stands for one that is not known yet. */
  readonly isUnknown: boolean;
}

/** By name of part. Members that are not known yet have a part of their own, so that the others are where they always are. */
export function layOutSet(set: IpSetLayout): ReadonlyMap<string, readonly Declaration[]> {
  const part = setPart(set);
  const members = new Map(set.members.map((each) => [each.member, toMember(set, each)]));
  const known = set.members.filter(({ isUnknown }) => !isUnknown).map(({ member }) => member);
  const declared: SetDeclaration = { kind: 'set', name: set.name, type: set.type, options: set.options };
  const parts = new Map<string, readonly Declaration[]>([[part, [declared]]]);
  for (const bucket of inParts([...new Set(known)], set)) {
    const lines = bucket.lines.flatMap((member) => members.get(member) ?? []);
    const name = `${part}${bucketSuffix(bucket)}`;
    parts.set(name, [...(parts.get(name) ?? []), ...lines]);
  }
  const unknown = set.members.filter(({ isUnknown }) => isUnknown).map((member) => toMember(set, member));
  if (unknown.length > 0) parts.set(`${part} known at apply`, unknown);
  return parts;
}

/** The order of a list of sets is its meaning, and its members are few. */
function inParts(members: readonly string[], { type }: IpSetLayout): readonly Bucket[] {
  return type === 'list:set' ? [{ index: 0, count: 1, lines: members }] : intoBuckets(members.toSorted());
}

/** Lists name other sets, which must be there before them. */
function setPart({ name, type }: IpSetLayout): string {
  return `${type === 'list:set' ? 15 : 10}-set ${name}`;
}

function toMember({ name }: IpSetLayout, { member, options }: IpSetMember): MemberDeclaration {
  return { kind: 'member', set: name, member, options };
}
