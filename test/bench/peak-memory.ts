// Looks at the memory of Terraform and our provider again and again while they run. Used by counted-cycle.ts.
import { readFileSync, readdirSync } from 'node:fs';
import { lookAgain } from '../run/look-again';

const PAUSE_MILLISECONDS = 20;

/** MiB that a process of the kind had resident at most; 0 where none ran. */
export interface PeakMemory {
  readonly terraform: number;
  readonly provider: number;
}

/** Watches every descendant of this process until `stop`. */
export function watchMemory(): { stop(): Promise<PeakMemory> } {
  const peak = { terraform: 0, provider: 0 };
  const stop = lookAgain(() => {
    for (const { pid, kind } of descendants(process.pid)) {
      peak[kind] = Math.max(peak[kind], peakOf(pid));
    }
  }, PAUSE_MILLISECONDS);
  return {
    stop: async () => {
      await stop();
      return peak;
    },
  };
}

interface Watched {
  readonly pid: number;
  readonly kind: keyof PeakMemory;
}

function descendants(ancestor: number): Watched[] {
  const processes = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readStat(name) : []));
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]));
  const isOurs = (pid: number | undefined): boolean => {
    if (pid === undefined || pid <= 1) return false;
    return pid === ancestor || isOurs(parents.get(pid));
  };
  return processes.flatMap(({ pid, program }): Watched[] => {
    if (pid === ancestor) return [];
    if (program === 'terraform') return isOurs(pid) ? [{ pid, kind: 'terraform' }] : [];
    if (program !== 'node') return [];
    const words = commandLine(pid);
    return words.includes('gatewright/gatewright') && isOurs(terraformOf(words) ?? pid)
      ? [{ pid, kind: 'provider' }]
      : [];
  });
}

/** Whom a provider serves that stays for all launches and is nobody's child by then. */
function terraformOf(words: string): number | undefined {
  const [, pid] = /\/gatewright-run-(\d+)-/.exec(words) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

/** The first fields of /proc/PID/stat: `12 (node) S 11 …`. Node may have named its main thread otherwise. */
function readStat(name: string): { pid: number; program: string; parent: number }[] {
  const [, program, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(read(`/proc/${name}/stat`)) ?? [];
  if (program === undefined) return [];
  return [
    {
      pid: Number(name),
      program: /^(node|MainThread)/.test(program) ? 'node' : program,
      parent: Number(parent),
    },
  ];
}

function peakOf(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kibibytes ?? 0) / 1024;
}

function commandLine(pid: number): string {
  return read(`/proc/${pid}/cmdline`);
}

/** Empty where the process has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
