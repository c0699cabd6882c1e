// Waits until a kernel host has booted, and says what went wrong in it. Used by build-lab.ts and power.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../errors';
import { run } from '../run';
import type { RunOptions, RunResult } from '../run';
import type { SysctlSpec } from '../spec';
import { sysctlPath } from '../wire';

/** Long, because many hosts may boot at once on a small machine. */
const BOOT_SECONDS = 120;

// What was said before the journal ran bears no name of a unit.
const SHOW_FAILED = `
show() { journalctl --quiet --no-pager --output=cat "$@"; }
for unit in $(systemctl list-units --failed --plain --no-legend | cut -d ' ' -f 1); do
  show --unit="$unit"
done
show --priority=err`;

export interface BootingHost {
  readonly name: string;
  /** The command line that runs a program in the host; it waits while the host boots. */
  readonly execArgv: (argv: readonly string[]) => readonly string[];
}

/** Resolves when systemd has started everything; throws `command-failed` with the journal of what failed. */
export async function awaitBoot({ name, execArgv }: BootingHost): Promise<void> {
  const ask = ['systemctl', 'is-system-running', '--wait'];
  const { exitCode, stdout, stderr } = await run(execArgv(ask), { timeoutSeconds: BOOT_SECONDS });
  if (exitCode === 0) return;
  const failed = await run(execArgv(['sh', '-c', SHOW_FAILED]));
  const state = stdout.trim() === '' ? stderr.trim() : `its state is ${stdout.trim()}`;
  throw new LabError('command-failed', `host ${name} did not boot: ${state}\n${failed.stdout.trim()}`);
}

/** As `awaitBoot`, for a host that still ran before `since` (of performance.now()): a later boot than that is waited for. */
export async function awaitReboot(host: BootingHost, since: number): Promise<void> {
  const deadline = since + BOOT_SECONDS * 1000;
  while (!(await hasBootedSince(host, since))) {
    if (performance.now() > deadline) {
      throw new LabError('timed-out', `host ${host.name} did not boot within ${BOOT_SECONDS} s`);
    }
    await sleep(100);
  }
  await awaitBoot(host);
}

// The host's clock counts from its boot.
async function hasBootedSince({ execArgv }: BootingHost, since: number): Promise<boolean> {
  const { exitCode, stdout } = await patientRun(execArgv(['cat', '/proc/uptime']), { timeoutSeconds: 20 });
  return exitCode === 0 && Number(stdout.split(' ')[0]) < (performance.now() - since) / 1000;
}

// A host that goes down may take a connection with it that then hangs.
async function patientRun(
  argv: readonly string[],
  options: RunOptions,
): Promise<Pick<RunResult, 'exitCode' | 'stdout'>> {
  try {
    return await run(argv, options);
  } catch (cause) {
    if (cause instanceof LabError && cause.code === 'timed-out') return { stdout: '' };
    throw cause;
  }
}

/** A key that the kernel lacks is passed over at boot, and a value may be refused: `up` fails there as with other hosts. */
export async function checkSysctls(
  { name, execArgv }: BootingHost,
  sysctls: readonly SysctlSpec[],
): Promise<void> {
  for (const { key, value } of sysctls) {
    const { stdout, stderr } = await run(execArgv(['cat', `/proc/sys/${sysctlPath(key)}`]));
    if (stdout.trim().split(/\s+/).join(' ') === value.trim().split(/\s+/).join(' ')) continue;
    const found = stderr === '' ? `it is ${stdout.trim()}` : stderr.trim();
    throw new LabError('command-failed', `host ${name} did not take ${key} = ${value}: ${found}`);
  }
}
