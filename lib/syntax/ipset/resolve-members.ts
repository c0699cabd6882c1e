// What the members of all parts mean together: in the form of their set's type, expanded, in order in a list. Used by parts.ts.
import type { Declared } from '../../model/declaration';
import type { Problem } from '../../model/errors';
import { InvalidInput } from '../../model/errors';
import type { MemberDeclaration, SetDeclaration, SetOption } from '../../model/ipset';
import { placedProblem, refuse } from '../problem';
import { ANYHOW, FIRST } from './ipset';
import { NEEDED_OF_SET } from './member-options';
import { checkMemberOfUnknown, readMembers } from './members';
import { optionValue, SET_DEFAULTS } from './set-options';
import { findSetType } from './set-types';

/** A declaration by one line, as `Declared` knows it. */
type DeclaredMember = Declared<MemberDeclaration>;
type DeclaredSet = Declared<SetDeclaration>;

/**
 * Each member as ipset prints it, several for one line where that means several. In a list of sets each but the first says
 * `after` which it stands. A line that its set cannot hold is a problem and declares nothing.
 */
export function resolveMembers(declared: readonly Declared[]): {
  readonly declared: readonly Declared[];
  readonly problems: readonly Problem[];
} {
  if (!declared.some(isMember)) return { declared, problems: [] };
  const sets = setsIn(declared);
  const problems: Problem[] = [];
  const resolved = declared.flatMap((each): readonly Declared[] => {
    if (!isMember(each)) return [each];
    try {
      const { source } = each;
      return readMember(each.declaration, sets).map((declaration) => ({ declaration, source }));
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      problems.push(...error.problems.map((problem) => placedProblem(problem, each.source)));
      return [];
    }
  });
  const lists = new Map<string, ListOrder>();
  for (const [name, { declaration }] of sets) {
    if (declaration.type === 'list:set') lists.set(name, orderOf(resolved, name, problems));
  }
  const ordered = lists.size === 0 ? resolved : resolved.map((each) => placeInList(each, lists));
  return { declared: ordered, problems: [...problems, ...crowdedSets(ordered, sets)] };
}

/** What one line puts into a set. Throws `InvalidInput` where the set cannot hold it. */
export function membersInSet(member: MemberDeclaration, set: SetDeclaration): MemberDeclaration[] {
  checkOptions(member, set);
  const options = withTimeout(member.options, set);
  return readMembers(member.member, set).map((each) => ({ ...member, member: each, options }));
}

function readMember(
  member: MemberDeclaration,
  sets: ReadonlyMap<string, DeclaredSet>,
): readonly MemberDeclaration[] {
  const set = sets.get(member.set)?.declaration;
  if (set === undefined) {
    checkMemberOfUnknown(member.member);
    const isSaid = member.options.some(({ name }) => PLACE_AND_TIMEOUT.includes(name));
    return [isSaid ? member : { ...member, options: [ANYHOW, ...member.options] }];
  }
  if (set.type === 'list:set' && sets.get(member.member)?.declaration.type === 'list:set') {
    refuse('bad-member', `${member.member} is a list of sets, and a list cannot hold another`, {
      allowed: 'sets of other types',
      fix: 'add the sets that it holds instead',
    });
  }
  return membersInSet(member, set);
}

const PLACE_AND_TIMEOUT: readonly string[] = ['before', 'after', 'timeout', ANYHOW.name];

function isMember(each: Declared): each is DeclaredMember {
  return each.declaration.kind === 'member';
}

function isSet(each: Declared): each is DeclaredSet {
  return each.declaration.kind === 'set';
}

/** The first line of each name; another one that says otherwise is a problem of its own. */
function setsIn(declared: readonly Declared[]): Map<string, DeclaredSet> {
  const sets = new Map<string, DeclaredSet>();
  for (const each of declared) {
    if (isSet(each) && !sets.has(each.declaration.name)) sets.set(each.declaration.name, each);
  }
  return sets;
}

function checkOptions({ options }: MemberDeclaration, set: SetDeclaration): void {
  const dimensions = findSetType(set.type)?.dimensions ?? [];
  for (const { name } of options) {
    const needed = NEEDED_OF_SET.get(name);
    if (needed !== undefined && !set.options.some((option) => option.name === needed)) {
      refuse('option-of-set-missing', `a member has ${name} only in a set that is made with ${needed}`, {
        fix: `write ${needed === 'timeout' ? 'timeout 0' : needed} behind \`ipset create ${set.name} ${set.type}\`, or leave ${name} out`,
      });
    }
    const isTaken =
      name === 'nomatch'
        ? dimensions.includes('net')
        : name === 'wildcard'
          ? dimensions.includes('device')
          : (name !== 'before' && name !== 'after') || dimensions.includes('set');
    if (!isTaken) {
      refuse('unknown-option', `${name} is no option of a member of type ${set.type}`, {
        fix: `leave ${name} out`,
      });
    }
  }
}

/** Where a member says no timeout it gets that of its set, and ipset then prints it. */
function withTimeout(options: readonly SetOption[], set: SetDeclaration): readonly SetOption[] {
  const value = optionValue(set.options, 'timeout');
  if (value === undefined || optionValue(options, 'timeout') !== undefined) return options;
  const isBefore = ({ name }: SetOption): boolean => name === 'before' || name === 'after';
  const others = options.filter((each) => !isBefore(each));
  return [...options.filter(isBefore), { name: 'timeout', value }, ...others];
}

/** Member -> the one that it stands behind; none for the first. */
type ListOrder = ReadonlyMap<string, string | undefined>;

/** Each `add` puts its set at the end of the list, or beside the one that it names, which may come in a later line. */
function orderOf(declared: readonly Declared[], list: string, problems: Problem[]): ListOrder {
  const order: string[] = [];
  let waiting = declared.filter(isMember).filter(({ declaration }) => declaration.set === list);
  for (let left = -1; left !== waiting.length;) {
    left = waiting.length;
    waiting = waiting.filter(({ declaration }) => !putInOrder(declaration, order));
  }
  problems.push(...waiting.map(notInList));
  return new Map(order.map((member, index) => [member, order[index - 1]]));
}

/** False where the one that it shall stand beside is not there yet. */
function putInOrder({ member, options }: MemberDeclaration, order: string[]): boolean {
  if (order.includes(member)) return true;
  const before = optionValue(options, 'before');
  const beside = before ?? optionValue(options, 'after');
  const at = beside === undefined ? order.length - 1 : order.indexOf(beside);
  if (beside !== undefined && at < 0) return false;
  order.splice(before === undefined ? at + 1 : at, 0, member);
  return true;
}

function placeInList(each: Declared, lists: ReadonlyMap<string, ListOrder>): Declared {
  if (!isMember(each)) return each;
  const { declaration, source } = each;
  const order = lists.get(declaration.set);
  if (order === undefined) return each;
  const after = order.get(declaration.member);
  const options = declaration.options.filter(({ name }) => name !== 'before' && name !== 'after');
  const place: SetOption = after === undefined ? FIRST : { name: 'after', value: after };
  return { declaration: { ...declaration, options: [place, ...options] }, source };
}

function notInList({ declaration: { set, member, options }, source }: DeclaredMember): Problem {
  const beside = optionValue(options, 'before') ?? optionValue(options, 'after') ?? '';
  return placedProblem(
    {
      code: 'unknown-set',
      what: `${beside} is not in list ${set}, where ${member} is put beside it`,
      fix: 'leave before and after out: the order of the lines is the order in the list',
    },
    source,
  );
}

/** The kernel refuses what exceeds `maxelem`, unless the set makes room by itself. */
function crowdedSets(declared: readonly Declared[], sets: ReadonlyMap<string, DeclaredSet>): Problem[] {
  const members = new Map<string, Set<string>>();
  for (const { declaration } of declared) {
    if (declaration.kind !== 'member') continue;
    const those = members.get(declaration.set);
    if (those === undefined) members.set(declaration.set, new Set([declaration.member]));
    else those.add(declaration.member);
  }
  return [...sets.values()].flatMap(({ declaration: { name, type, options }, source }) => {
    const amount = members.get(name)?.size ?? 0;
    const most = Number(optionValue(options, 'maxelem') ?? SET_DEFAULTS.get('maxelem'));
    const isBounded = type.startsWith('hash:') && !options.some((option) => option.name === 'forceadd');
    if (!isBounded || amount <= most) return [];
    return [
      placedProblem(
        {
          code: 'too-many-members',
          what: `set ${name} holds at most ${most} members, and ${amount} are declared`,
          fix: `write maxelem ${2 ** Math.ceil(Math.log2(amount))} behind its type`,
        },
        source,
      ),
    ];
  });
}
