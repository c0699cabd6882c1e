// What Terraform's command line says and no RPC tells: whether hosts are to be read at all. Used by stay.ts.
import { readFileSync } from 'node:fs';

/** Terraform takes a flag with one or two hyphens, and Go's words for false (strconv.ParseBool). */
const REFRESH_OFF = /(?<![^\s'"])--?refresh=(?:0|f|F|false|FALSE|False)(?![^\s'"])/;

/**
 * True where hosts are most likely not to be read: `-refresh=false` stands on the command line of this process, or in TF_CLI_ARGS or
 * TF_CLI_ARGS_<command> of its environment, which Terraform adds to it. False where there is no proc(5).
 */
export function isRefreshOff(terraform: number, environment: NodeJS.ProcessEnv): boolean {
  const added = Object.entries(environment).filter(([name]) => /^TF_CLI_ARGS(?:_|$)/.test(name));
  const words = [...wordsOf(terraform), ...added.map(([, value]) => value ?? '')];
  return words.some((word) => REFRESH_OFF.test(word));
}

function wordsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
