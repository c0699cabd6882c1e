// Subsystem ipset of the host in memory: interprets the input of `ipset restore` as tool and kernel do, and keeps what rules use.
import { fingerprint } from '../../lib/converge/ipset/set-entries';
import { parseSets } from '../../lib/converge/ipset/live-sets';
import { setsNamedBy } from '../../lib/converge/ipset/set-names';
import { InvalidInput } from '../../lib/model/errors';
import type { MemberDeclaration, SetDeclaration, SetOption } from '../../lib/model/ipset';
import { ipsetEntry, readIpset } from '../../lib/syntax/ipset/ipset';
import { membersInSet } from '../../lib/syntax/ipset/resolve-members';
import { optionValue } from '../../lib/syntax/ipset/set-options';
import { RestoreFailed } from './fake-kernel';
import type { FakeSubsystem } from './fake-subsystem';

interface FakeSet {
  readonly set: SetDeclaration;
  /** In a list, in its order. */
  members: MemberDeclaration[];
}

type Fail = (words: string) => never;

export class FakeIpset implements FakeSubsystem {
  private readonly sets = new Map<string, FakeSet>();
  /** In a proof: those of the host, until a text makes its own. */
  private readonly standIns = new Set<string>();
  /** How many lines it was given so far. */
  lines = 0;

  /** `rules` is what iptables-save prints, of both families. */
  constructor(private readonly rules: () => string = () => '') {}

  names(): readonly string[] {
    return [...this.sets.keys()];
  }

  read(): string {
    return [...this.sets.values()]
      .flatMap(({ set, members }) => [printSet(set), ...members.map(printMember)])
      .map((line) => `${line}\n`)
      .join('');
  }

  run(text: string): void {
    this.interpret(text, false);
  }

  /** What is refused does not keep the rest. */
  undo(text: string): void {
    const failures = text.split('\n').flatMap((line): unknown[] => {
      try {
        this.interpret(line, true);
        return [];
      } catch (error) {
        return [error];
      }
    });
    if (failures.length > 0) throw failures[0];
  }

  fingerprints(): readonly string[] {
    return parseSets(this.read()).flatMap(({ alike = [], ...entry }) =>
      [entry, ...alike.map((other) => ({ ...entry, ...other }))].map(fingerprint),
    );
  }

  fresh(): FakeIpset {
    const fresh = new FakeIpset();
    for (const [name, { set }] of this.sets) {
      fresh.sets.set(name, { set, members: [] });
      fresh.standIns.add(name);
    }
    return fresh;
  }

  save(): string {
    return '';
  }

  /** `-exist` of one line holds for those behind it, too. */
  private interpret(text: string, isTolerant: boolean): void {
    let mayExist = isTolerant;
    text.split('\n').forEach((line, index) => {
      if (line === '') return;
      this.lines += 1;
      const fail: Fail = (words) => {
        throw new RestoreFailed(index + 1, words);
      };
      const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
      mayExist ||= words.at(-1) === '-exist';
      this.obey(words.at(-1) === '-exist' ? words.slice(0, -1) : words, { mayExist, fail });
    });
  }

  private obey(words: readonly string[], how: { readonly mayExist: boolean; readonly fail: Fail }): void {
    const [verb = '', name = '', other = ''] = words;
    if (verb === 'create') this.create(declared(words, how.fail), how);
    else if (verb === 'add') this.add(declared(words, how.fail), how);
    else if (verb === 'del') this.remove(declared(['add', ...words.slice(1)], how.fail), how);
    else if (verb === 'destroy') this.destroy(name, how);
    else if (verb === 'swap') this.swap(name, other, how.fail);
    else how.fail(`Unknown command ${verb}`);
  }

  private create(
    set: SetDeclaration | MemberDeclaration,
    { mayExist, fail }: { readonly mayExist: boolean; readonly fail: Fail },
  ): void {
    if (set.kind !== 'set') return;
    const there = this.sets.get(set.name);
    if (there !== undefined && !this.standIns.delete(set.name)) {
      if (mayExist && ipsetEntry(there.set).value === ipsetEntry(set).value) return;
      fail('Set cannot be created: set with the same name already exists');
    }
    this.sets.set(set.name, { set, members: [] });
  }

  private add(
    member: SetDeclaration | MemberDeclaration,
    { mayExist, fail }: { readonly mayExist: boolean; readonly fail: Fail },
  ): void {
    if (member.kind !== 'member') return;
    const target = this.sets.get(member.set) ?? fail('The set with the given name does not exist');
    const isList = target.set.type === 'list:set';
    const listed = isList
      ? (this.sets.get(member.member) ?? fail('Set to be added does not exist'))
      : undefined;
    if (listed?.set.type === 'list:set') fail('Sets with list:set type cannot be added to the set');
    for (const each of canonical(member, target.set, fail)) {
      const at = target.members.findIndex((there) => there.member === each.member);
      if (at >= 0 && !mayExist) fail("Element cannot be added to the set: it's already added");
      if (at >= 0) target.members[at] = each;
      else if (isList) putInList(target.members, each, fail);
      else target.members.push(each);
    }
    const most = Number(optionValue(target.set.options, 'maxelem') ?? '65536');
    if (target.set.type.startsWith('hash:') && target.members.length > most) {
      target.members.pop();
      fail('Hash is full, cannot add more elements');
    }
  }

  private remove(
    member: SetDeclaration | MemberDeclaration,
    { mayExist, fail }: { readonly mayExist: boolean; readonly fail: Fail },
  ): void {
    if (member.kind !== 'member') return;
    const target = this.sets.get(member.set) ?? fail('The set with the given name does not exist');
    for (const each of canonical(member, target.set, fail)) {
      const at = target.members.findIndex((there) => there.member === each.member);
      if (at >= 0) target.members.splice(at, 1);
      else if (!mayExist) fail("Element cannot be deleted from the set: it's not added");
    }
  }

  private destroy(
    name: string,
    { mayExist, fail }: { readonly mayExist: boolean; readonly fail: Fail },
  ): void {
    if (this.isUsed(name)) fail('Set cannot be destroyed: it is in use by a kernel component');
    if (!this.sets.delete(name) && !mayExist) fail('The set with the given name does not exist');
  }

  /** Rules and lists go by the name's place, so that they see the other content. */
  private swap(from: string, to: string, fail: Fail): void {
    const [a, b] = [this.sets.get(from), this.sets.get(to)];
    if (a === undefined || b === undefined) return fail('The set with the given name does not exist');
    if (a.set.type !== b.set.type || familyOf(a.set) !== familyOf(b.set)) {
      fail('The sets cannot be swapped: their type does not match');
    }
    this.sets.set(from, renamed(b, from));
    this.sets.set(to, renamed(a, to));
  }

  private isUsed(name: string): boolean {
    const lists = [...this.sets.values()].filter(({ set }) => set.type === 'list:set');
    return (
      lists.some(({ members }) => members.some(({ member }) => member === name)) ||
      this.rules()
        .split('\n')
        .some((rule) => setsNamedBy(rule).includes(name))
    );
  }
}

function declared(words: readonly string[], fail: Fail): SetDeclaration | MemberDeclaration {
  try {
    return readIpset(words)[0] ?? fail('Unknown command');
  } catch (error) {
    if (error instanceof InvalidInput) return fail(error.message);
    throw error;
  }
}

function canonical(member: MemberDeclaration, set: SetDeclaration, fail: Fail): MemberDeclaration[] {
  try {
    return membersInSet(member, set);
  } catch (error) {
    if (error instanceof InvalidInput) return fail(error.message);
    throw error;
  }
}

function putInList(members: MemberDeclaration[], member: MemberDeclaration, fail: Fail): void {
  const before = optionValue(member.options, 'before');
  const beside = before ?? optionValue(member.options, 'after');
  const at = beside === undefined ? members.length - 1 : members.findIndex((each) => each.member === beside);
  if (beside !== undefined && at < 0)
    fail("The set to which you referred with 'before' or 'after' is not added");
  const options = member.options.filter(({ name }) => !['before', 'after', 'first'].includes(name));
  members.splice(before === undefined ? at + 1 : at, 0, { ...member, options });
}

function renamed({ set, members }: FakeSet, name: string): FakeSet {
  return { set: { ...set, name }, members: members.map((member) => ({ ...member, set: name })) };
}

function familyOf({ options }: SetDeclaration): string {
  return optionValue(options, 'family') ?? 'inet';
}

/** The tool prints what it filled in and made up, too. */
function printSet({ name, type, options }: SetDeclaration): string {
  const said = (option: string, value: string): string[] => [option, optionValue(options, option) ?? value];
  const isHash = type.startsWith('hash:');
  const others = options.filter(
    (option) =>
      !['family', 'hashsize', 'maxelem', 'size', 'bucketsize', 'initval', 'forceadd'].includes(option.name),
  );
  return [
    'create',
    name,
    type,
    ...(isHash && type !== 'hash:mac' ? said('family', 'inet') : []),
    ...(isHash ? [...said('hashsize', '1024'), ...said('maxelem', '65536')] : []),
    ...(type === 'list:set' ? said('size', '8') : []),
    ...others.map(printOption),
    ...(isHash ? ['bucketsize 12', 'initval 0x8af49666'] : []),
  ].join(' ');
}

function printMember({ set, member, options }: MemberDeclaration): string {
  return ['add', set, member, ...options.map(printOption)].join(' ');
}

function printOption({ name, value }: SetOption): string {
  if (value === undefined) return name;
  return name === 'comment' ? `comment "${value}"` : `${name} ${value}`;
}
