// The props of IpSet: what they mean and what may stand in them.
import type { SetOption } from '../model/ipset';
import type { IpSetMember as LaidOutMember } from '../services/ip-set';
import { layOutSet } from '../services/ip-set';
import { SET_TYPES } from '../syntax/ipset/set-types';
import { parseParts } from '../syntax/parts';
import type { Check } from './checks';
import { checkHosts } from './checked-hosts';
import { checkBetween, checkKnown, checkPropNames, checkWord } from './checks';
import { isUnknown } from './framework';
import type { Host } from './host';
import type { Conceal } from './laid-out-parts';
import { printLines } from './laid-out-parts';

/** A set of the kernel, for rules to match with `-m set --match-set NAME …`. */
export interface IpSetProps {
  /** The hosts that get the set. */
  readonly hosts: readonly Host[];
  /** The set's name, at most 31 bytes. One scope has it on a host: its members are those that are declared, and no others. */
  readonly name: string;
  /** What a member consists of. Another type later is another set: it is made anew and the rules that use it are switched over. */
  readonly type: IpSetType;
  /**
   * The family of the addresses in it. Not with bitmap types, hash:mac and list:set.
   * @default - inet, IPv4
   */
  readonly family?: 'inet' | 'inet6';
  /**
   * What is in the set, as `ipset add` takes it: `10.0.0.0/8`, `10.96.0.10,tcp:53`. Tokens may stand for members that are known at
   * apply. More than 200 become several parts, so that a change shows few lines.
   */
  readonly members: readonly (string | IpSetMember)[];
  /**
   * Seconds after which a member that is added without a timeout of its own goes, 0 to 2147483; 0: it stays. ipset's `timeout`.
   * @default - members stay, and can have no timeout of their own
   */
  readonly timeoutSeconds?: number;
  /**
   * Count packets and bytes of each member: ipset's `counters`.
   * @default false
   */
  readonly counters?: boolean;
  /**
   * Let members have a comment: ipset's `comment`.
   * @default false
   */
  readonly comments?: boolean;
  /**
   * How many members the set can hold: ipset's `maxelem`. Hash types only.
   * @default 65536
   */
  readonly maxElements?: number;
  /**
   * The size of the hash to begin with: ipset's `hashsize`. Hash types only.
   * @default 1024
   */
  readonly hashSize?: number;
  /**
   * What a bitmap can hold: `0-65535` for bitmap:port, a network or a range of addresses for the others. Bitmap types only, which need it.
   * @default - none
   */
  readonly range?: string;
}

/** The types that ipset(8) knows. */
export type IpSetType =
  | 'hash:ip'
  | 'hash:net'
  | 'hash:ip,port'
  | 'hash:ip,port,ip'
  | 'hash:ip,port,net'
  | 'hash:net,port'
  | 'hash:net,net'
  | 'hash:net,port,net'
  | 'hash:net,iface'
  | 'hash:ip,mark'
  | 'hash:ip,mac'
  | 'hash:mac'
  | 'bitmap:port'
  | 'bitmap:ip'
  | 'bitmap:ip,mac'
  | 'list:set';

/** A member with options of its own. */
export interface IpSetMember {
  /** As `ipset add` takes it. */
  readonly member: string;
  /**
   * Seconds after which it goes, 0 to 2147483; 0: it stays. Only in a set with timeoutSeconds. A member that is gone is drift,
   * and the next apply adds it again.
   * @default - the set's timeoutSeconds
   */
  readonly timeoutSeconds?: number;
  /**
   * What it is there for, at most 255 bytes. Only in a set with comments.
   * @default - none
   */
  readonly comment?: string;
  /**
   * True: what it covers does not match, although a larger network in the set covers it too. Types with a network only. ipset's `nomatch`.
   * @default false
   */
  readonly noMatch?: boolean;
}

const PROPS: Readonly<Record<keyof IpSetProps, true>> = {
  hosts: true,
  name: true,
  type: true,
  family: true,
  members: true,
  timeoutSeconds: true,
  counters: true,
  comments: true,
  maxElements: true,
  hashSize: true,
  range: true,
};
const MEMBER_PROPS: Readonly<Record<keyof IpSetMember, true>> = {
  member: true,
  timeoutSeconds: true,
  comment: true,
  noMatch: true,
};

/** The kernel's limit: it counts in milliseconds. */
const MOST_SECONDS = 2_147_483;
const MOST_32_BITS = 2 ** 32 - 1;

/** What is wrong with each of the props. */
export function checkIpSetProps(props: IpSetProps): readonly Check[] {
  const { name, type, family, range, timeoutSeconds, maxElements, hashSize } = props;
  return [
    checkPropNames(props, PROPS),
    ...checkHosts(props.hosts),
    checkKnown('name', name),
    checkWord(
      'type',
      type,
      SET_TYPES.map((known) => known.name),
    ),
    family && checkWord('family', family, ['inet', 'inet6']),
    range === undefined ? undefined : checkKnown('range', range),
    timeoutSeconds === undefined
      ? undefined
      : checkBetween('timeoutSeconds', timeoutSeconds, [0, MOST_SECONDS]),
    maxElements === undefined ? undefined : checkBetween('maxElements', maxElements, [1, MOST_32_BITS]),
    hashSize === undefined ? undefined : checkBetween('hashSize', hashSize, [1, MOST_32_BITS]),
    ...props.members.map((member) =>
      typeof member === 'string' ? undefined : checkPropNames(member, MEMBER_PROPS),
    ),
  ];
}

/** What the lines of ipset would be refused for: shapes of members, options that the type does not have. `parts` hold these lines. */
export function checkLines(props: IpSetProps, parts: ReadonlyMap<string, string>): readonly Check[] {
  const known = [...parts.values()].filter((text) => !isUnknown(text));
  const { problems } = parseParts({ [SET]: known.join('') });
  // A member that stands twice is one line, whatever its options say.
  const areDistinct = new Set(props.members.map(toText)).size === props.members.length;
  if (problems.length === 0 && areDistinct) return [];
  const named = checkEachLine(props);
  return named.length > 0 ? named : problems;
}

function toText(given: string | IpSetMember): string {
  return typeof given === 'string' ? given : given.member;
}

/** The same, line by line, so that each is named by its place among the members. */
function checkEachLine(props: IpSetProps): readonly Check[] {
  const set = { name: props.name, type: props.type, options: toSetOptions(props) };
  const members = toMembers(props.members, (value) => value).map((member, index): [string, string] => [
    `members[${index}]`,
    member.isUnknown ? '' : addedAlone({ ...set, members: [member] }),
  ]);
  const made = [...layOutSet({ ...set, members: [] }).values()].map(printLines).join('');
  const { problems } = parseParts({ [SET]: made, ...Object.fromEntries(members) });
  return problems.map((problem) => {
    const { part = SET, what } = problem;
    return { ...problem, what: part === SET ? what : `${part}: ${what}` };
  });
}

/** Names the lines that make the set, beside those of `members[0]`, …. */
const SET = 'the set';

function addedAlone(set: Parameters<typeof layOutSet>[0]): string {
  const declarations = [...layOutSet(set).values()].flat();
  return printLines(declarations.filter(({ kind }) => kind === 'member'));
}

/** Behind `ipset create NAME TYPE`. */
export function toSetOptions(props: IpSetProps): readonly SetOption[] {
  const { range, family, hashSize, maxElements, timeoutSeconds, counters, comments } = props;
  return [
    ...valued('range', range),
    ...valued('family', family),
    ...valued('hashsize', hashSize),
    ...valued('maxelem', maxElements),
    ...valued('timeout', timeoutSeconds),
    ...flag('counters', counters),
    ...flag('comment', comments),
  ];
}

/** Plain ones and those with options alike. */
export function toMembers(members: IpSetProps['members'], conceal: Conceal): readonly LaidOutMember[] {
  return members.map((given) => {
    const { member, timeoutSeconds, comment, noMatch } =
      typeof given === 'string' ? { member: given } : given;
    return {
      member: conceal(member),
      options: [
        ...valued('timeout', timeoutSeconds),
        ...flag('nomatch', noMatch),
        ...valued('comment', comment === undefined ? undefined : conceal(comment)),
      ],
      isUnknown: isUnknown(member) || isUnknown(comment ?? ''),
    };
  });
}

function valued(name: string, value: string | number | undefined): readonly SetOption[] {
  return value === undefined ? [] : [{ name, value: `${value}` }];
}

function flag(name: string, isSet: boolean | undefined): readonly SetOption[] {
  return isSet === true ? [{ name }] : [];
}
