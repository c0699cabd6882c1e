// The plan of one host: changes in the order in which one transaction makes them, each with what takes it back. A value that prints.
import type { Family, Table } from '../model/iptables';
import { FAMILIES, IPTABLES } from '../model/iptables';
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
 * Sysctls first, then what rules name (links, addresses, routes, sets, virtual servers), then one commit per table, then
 * what no rule names any more, in reverse; sysctls that are released come last, when nothing needs them any more.
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
      ...tableSteps(around?.there ?? chains),
      ...(around === undefined ? [] : [...around.steps, ...tableSteps(around.back)]),
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

function tableSteps(all: readonly ChainChange[]): Step[] {
  return FAMILIES.flatMap((family) => TABLE_ORDER.flatMap((table) => tableStep({ family, table }, all)));
}

function tableStep(
  { family, table }: { readonly family: Family; readonly table: Table },
  all: readonly ChainChange[],
): Step[] {
  const changes = all.filter(({ address }) => address.table === table && address.family === family);
  if (changes.length === 0) return [];
  return [
    {
      name: `${IPTABLES[family]} -t ${table}`,
      kind: family,
      forward: printTableChanges(table, changes),
      inverse: printTableChanges(table, [...changes].reverse().map(invert)),
      changes,
    },
  ];
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
