// The plan of one host: changes in the order in which one transaction makes them, each with what takes it back. A value that prints.
import type { Family, Table } from '../model/iptables';
import { FAMILIES, IPTABLES } from '../model/iptables';
import { backendInUse } from './backends';
import { inChunks } from './chain-chunks';
import type { Change, ChainChange, SysctlChange } from './change';
import { changeName, invert, printChange } from './change';
import type { DesiredState } from './desired';
import type { Live } from './live';
import { printTableChanges } from './restore-text';
import type { PlannedSteps, SubsystemName } from './subsystem';
import { SUBSYSTEMS } from './subsystems';

/** Which of the host's functions runs it (shell/session.ts). */
export type StepKind = Family | 'sysctl' | SubsystemName;

/** What the host runs as one indivisible step; `inverse` takes it back and is on the host before `forward` runs. */
export interface Step {
  readonly name: string;
  readonly kind: StepKind;
  readonly forward: string;
  readonly inverse: string;
  readonly changes: readonly Change[];
}

export interface HostPlan {
  readonly steps: readonly Step[];
}

/**
 * Sysctls first, then what rules name (links, addresses, routes, sets, virtual servers), then one commit per table (very many
 * chains that come or go have commits of their own around it), then what no rule names any more, in reverse; sysctls that are
 * released come last, when nothing needs them any more.
 */
export function planChanges(
  changes: readonly Change[],
  released: readonly Change[],
  { desired, live }: { readonly desired: DesiredState; readonly live: Live },
): HostPlan {
  const all = [...changes, ...released];
  const chains = all.filter((change) => change.kind !== 'sysctl' && change.kind !== 'entry');
  const entries = all.filter((change) => change.kind === 'entry');
  const planned = SUBSYSTEMS.map((subsystem) => {
    const own = entries.filter(({ before, after }) => {
      const entry = after ?? before;
      return entry !== undefined && subsystem.kinds.includes(entry.kind);
    });
    return own.length === 0 ? NOTHING_PLANNED : subsystem.plan(own, { desired, live, chains });
  });
  const around = planned.find((each) => each.around !== undefined)?.around;
  return {
    steps: [
      ...changes.filter((change) => change.kind === 'sysctl').map(sysctlStep),
      ...planned.flatMap(({ first }) => first),
      ...tableSteps(around?.there ?? chains, live),
      ...(around === undefined ? [] : [...around.steps, ...tableSteps(around.back, live)]),
      ...[...planned].reverse().flatMap(({ last }) => last),
      ...released.filter((change) => change.kind === 'sysctl').map(sysctlStep),
    ],
  };
}

const NOTHING_PLANNED: PlannedSteps = { first: [], last: [] };

/** As people read it: what each step changes, in the tools' words. */
export function printPlan({ steps }: HostPlan): string {
  return steps
    .flatMap(({ name, changes }) => [`${name}:`, ...changes.flatMap(printChange).map((line) => `  ${line}`)])
    .join('\n');
}

const TABLE_ORDER: readonly Table[] = ['raw', 'mangle', 'nat', 'filter', 'security'];

function tableSteps(all: readonly ChainChange[], live: Live): Step[] {
  return FAMILIES.flatMap((family) =>
    TABLE_ORDER.flatMap((table) => {
      const changes = all.filter(({ address }) => address.table === table && address.family === family);
      return changes.length === 0 ? [] : commits({ family, table }, changes, live);
    }),
  );
}

/**
 * All that packets meet changes in one commit. Only where very many chains come or go, those are made before it, whole and named
 * by nothing yet, and removed after it, named by nothing any more: a portion in each commit, targets before what jumps to them.
 */
function commits(at: TableOf, changes: readonly ChainChange[], live: Live): Step[] {
  const coming = portions(changes, live, ({ before, after }) => (before === undefined ? after : undefined));
  const going = portions(changes, live, ({ before, after }) => (after === undefined ? before : undefined));
  const apart = new Set<ChainChange>([...coming, ...going].flat());
  const rest = changes.filter((change) => !apart.has(change));
  const name = `${IPTABLES[at.family]} -t ${at.table}`;
  return [
    ...coming.map((chains, index) =>
      tableStep(`${name}, new chains ${index + 1} of ${coming.length}`, at, chains),
    ),
    ...(rest.length === 0 ? [] : [tableStep(name, at, rest)]),
    ...[...going]
      .reverse()
      .map((chains, index) => tableStep(`${name}, old chains ${index + 1} of ${going.length}`, at, chains)),
  ];
}

/** Of the chains of which `pick` gives rules. None where one commit takes them as fast. */
function portions(
  changes: readonly ChainChange[],
  { otherBackend }: Live,
  pick: (fill: FillChange) => readonly string[] | undefined,
): FillChange[][] {
  if (otherBackend !== undefined && backendInUse(otherBackend) === 'legacy') return [];
  const picked = changes.flatMap((change) => {
    const rules = change.kind === 'fill' ? pick(change) : undefined;
    return change.kind !== 'fill' || rules === undefined
      ? []
      : [{ change, chain: change.address.chain, rules }];
  });
  return (inChunks(picked) ?? []).map((chunk) => chunk.map(({ change }) => change));
}

type FillChange = Extract<ChainChange, { kind: 'fill' }>;

interface TableOf {
  readonly family: Family;
  readonly table: Table;
}

function tableStep(name: string, { family, table }: TableOf, changes: readonly ChainChange[]): Step {
  return {
    name,
    kind: family,
    forward: printTableChanges(table, changes),
    inverse: printTableChanges(table, [...changes].reverse().map(invert)),
    changes,
  };
}

function sysctlStep(change: SysctlChange): Step {
  return {
    name: changeName(change),
    kind: 'sysctl',
    forward: printSysctlAssignment(change.key, change.after),
    inverse: printSysctlAssignment(change.key, change.before),
    changes: [change],
  };
}

/** `PATH VALUE` for the host's program. sysctl(8) swaps dots and slashes, so that a device name may hold a dot. */
export function printSysctlAssignment(key: string, value: string): string {
  return `${sysctlPath(key)} ${value}\n`;
}

/** Below /proc/sys. */
export function sysctlPath(key: string): string {
  return key.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
}
