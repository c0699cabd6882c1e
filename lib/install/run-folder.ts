// The folder in which one run of Terraform is served, by name: what the launcher makes and the provider that stays finds. Used by start.ts.
import { basename, join } from 'node:path';

/** Its name: this, the process of Terraform, `-`, and the clock tick in which that process started. */
export const RUN_PREFIX = 'gatewright-run-';
/** In it: the process of whoever stays there. */
export const STAYER_FILE = 'pid';
/** In it: a named pipe on which launches announce themselves, by a line with their process and then their certificate. */
export const LAUNCHES_FILE = 'launches';

/** A run of Terraform as the provider wants it (provider/stay.ts says what each is for). Absent where that is no folder of a run. */
export function runIn(folder: string, firstLaunch: number) {
  const terraform = terraformOf(folder);
  if (terraform === undefined) return undefined;
  return {
    ...{ folder, terraform, firstLaunch, terraformOf },
    stayerPath: join(folder, STAYER_FILE),
    launchesPath: join(folder, LAUNCHES_FILE),
    pipeOf: (launch: number) => join(folder, String(launch)),
  };
}

function terraformOf(folder: string) {
  const name = basename(folder);
  if (!name.startsWith(RUN_PREFIX)) return undefined;
  const [, pid, started] = /^(\d+)-(\d+)$/.exec(name.slice(RUN_PREFIX.length)) ?? [];
  return pid === undefined || started === undefined ? undefined : { pid: Number(pid), started };
}
