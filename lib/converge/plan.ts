// The plan of one host: changes in the order in which one transaction makes them, each with what takes it back. A value that prints.
import type { Table } from '../model/iptables';
import type { Change, ChainChange, SysctlChange } from './change';
import { changeName, invert, printChange } from './change';
import { printTableChanges } from './restore-text';

/** What the host runs as one indivisible step; `inverse` takes it back and is on the host before `forward` runs. */
export interface Step {
  readonly name: string;
  readonly kind: 'ipv4' | 'sysctl';
  readonly forward: string;
  readonly inverse: string;
  readonly changes: readonly Change[];
}

export interface HostPlan {
  readonly steps: readonly Step[];
}

/** Sysctls first, then one commit per table; sysctls that are released come last, when nothing needs them any more. */
export function planChanges(changes: readonly Change[], released: readonly Change[]): HostPlan {
  const chainChanges = [...changes, ...released].filter((change) => change.kind !== 'sysctl');
  return {
    steps: [
      ...changes.filter((change) => change.kind === 'sysctl').map(sysctlStep),
      ...TABLE_ORDER.flatMap((table) => tableStep(table, chainChanges)),
      ...released.filter((change) => change.kind === 'sysctl').map(sysctlStep),
    ],
  };
}

/** As people read it: what each step changes, in the tools' words. */
export function printPlan({ steps }: HostPlan): string {
  return steps
    .flatMap(({ name, changes }) => [`${name}:`, ...changes.flatMap(printChange).map((line) => `  ${line}`)])
    .join('\n');
}

const TABLE_ORDER: readonly Table[] = ['raw', 'mangle', 'nat', 'filter', 'security'];

function tableStep(table: Table, all: readonly ChainChange[]): Step[] {
  const changes = all.filter(({ address }) => address.table === table && address.family === 'ipv4');
  if (changes.length === 0) return [];
  return [
    {
      name: `iptables -t ${table}`,
      kind: 'ipv4',
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
