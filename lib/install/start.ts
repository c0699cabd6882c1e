// The first file of a launch, run by the `sh` launcher: loads the bundle beside it and serves, one launch or (`--stay`) a whole run of
// Terraform; `--code-cache` makes its cache.
import { join } from 'node:path';
import { CODE_CACHE_FILE, loadBundle } from './code-cache';
import { STAY_OPTION } from './launcher';
import { runIn } from './run-folder';
import { writeIfChanged } from './write';

type Run = ReturnType<typeof runIn>;

interface Provider {
  serve(run?: Run): Promise<void>;
  warmUp(): Promise<void>;
}

async function start(): Promise<void> {
  const { exported, compiled } = loadBundle(__dirname);
  if (!isProvider(exported)) throw new Error('the bundle beside this file is not a provider');
  if (!process.argv.includes('--code-cache')) {
    await exported.serve(givenRun(process.argv));
    return;
  }
  await exported.warmUp();
  writeIfChanged(join(__dirname, CODE_CACHE_FILE), compiled());
}

function givenRun(words: readonly string[]): Run {
  const at = words.indexOf(STAY_OPTION);
  const [folder, launch] = at < 0 ? [] : words.slice(at + 1);
  return folder === undefined ? undefined : runIn(folder, Number(launch));
}

function isProvider(exported: unknown): exported is Provider {
  return typeof exported === 'object' && exported !== null && 'serve' in exported && 'warmUp' in exported;
}

start().catch((error: unknown) => {
  process.stderr.write(
    `Gatewright did not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exitCode = 1;
});
