// All sizes on one backend, in a lab of its own that is taken down at the end. Used by bench.ts.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { labDown } from '../../lib/lab/down';
import type { IptablesBackend } from '../../lib/lab/spec';
import { bringUp } from '../../lib/lab/up';
import { benchLab } from './bench-hosts';
import type { Commands } from './commands';
import { measureSize, sourceOf } from './measure-size';
import { measureStart } from './measure-start';
import type { Progress } from './progress';
import type { Samples } from './samples';
import { PREPARATION_SECONDS } from './sizes';
import type { Extent } from './sizes';
import { synthesise } from './stacks';

/** Seconds, for the progress bar. */
const LAB_SECONDS = 5;
const START_SECONDS = 6;

export interface Run {
  readonly commands: Commands;
  readonly extent: Extent;
  /** Of this run alone. */
  readonly folder: string;
  readonly emptyBuild: string;
  readonly samples: Samples;
  readonly progress: Progress;
}

export async function measureBackend(run: Run, backend: IptablesBackend): Promise<void> {
  const { commands, extent, progress, samples } = run;
  const folder = join(run.folder, backend);
  mkdirSync(folder, { recursive: true });
  const many = Math.max(0, ...extent.sizes.map(({ hosts }) => (hosts > 1 ? hosts : 0)));
  progress.next(`${backend}: a lab of ${many + 4} hosts`, LAB_SECONDS);
  const lab = await bringUp(benchLab(backend, many), join(folder, 'lab'), { signal: commands.signal });
  try {
    const workplace = { ...run, backend, lab, folder };
    const [first] = extent.sizes;
    if (first === undefined) return;
    progress.next(`${backend}: starts of the provider and of node`, START_SECONDS);
    const place = { folder: join(folder, 'start'), variant: 'before' } as const;
    const stack = await synthesise(commands, sourceOf(workplace, first), place);
    await measureStart(commands, { stack, rounds: extent.starts }, ({ subject, operation }, milliseconds) => {
      samples.add({ backend, size: 'none', operation, subject, unit: 'ms' }, milliseconds);
    });
    for (const size of extent.sizes) await measureSize(workplace, size);
  } finally {
    await labDown(lab.dir);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How many steps of the progress bar one backend is, and how long they are thought to take. */
export function expectBackend({ sizes }: Extent): { steps: number; seconds: number } {
  const each = sizes.map(({ rounds, roundSeconds, countedSeconds }) => ({
    steps: 2 + rounds,
    seconds: countedSeconds + PREPARATION_SECONDS + rounds * roundSeconds,
  }));
  return {
    steps: each.reduce((sum, { steps }) => sum + steps, 2),
    seconds: each.reduce((sum, { seconds }) => sum + seconds, LAB_SECONDS + START_SECONDS),
  };
}
