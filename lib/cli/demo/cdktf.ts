// Runs the commands that a user would type, `cdktf diff` and its like, and keeps what they print. Used by the demo and the end-to-end tests.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';

/** Those that look at hosts or change them; none asks back. */
export type CdktfCommand = 'diff' | 'deploy' | 'destroy';

/** Where the command runs. */
export interface CdktfRun {
  /** The folder with cdktf.json. */
  readonly folder: string;
  /** Added to the environment, such as GATEWRIGHT_EXAMPLE. */
  readonly environment?: Readonly<Record<string, string>>;
}

const WORDS: Readonly<Record<CdktfCommand, readonly string[]>> = {
  diff: ['diff'],
  deploy: ['deploy', '--auto-approve'],
  destroy: ['destroy', '--auto-approve'],
};

/** What the command printed, without colours; throws with the end of it where the command fails. */
export async function runCdktf(command: CdktfCommand, { folder, environment }: CdktfRun): Promise<string> {
  const child = spawn(
    process.execPath,
    [require.resolve('cdktf-cli/bundle/bin/cdktf.js'), ...WORDS[command]],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      // No question to the public registry about newer versions, and no colours that would have to be read.
      env: { ...process.env, CHECKPOINT_DISABLE: '1', FORCE_COLOR: '0', ...environment },
    },
  );
  const code = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), code]);
  const output = stripVTControlCharacters(stdout);
  if (exitCode === 0) return output;
  const end = `${output}\n${stripVTControlCharacters(stderr)}`.trim().split('\n').slice(-40).join('\n');
  throw new Error(`cdktf ${WORDS[command].join(' ')} ended with exit code ${exitCode ?? 'none'}:\n${end}`);
}

/** Terraform (or what TERRAFORM_BINARY_NAME names) on the PATH; cdktf cannot do without. */
export function findTerraform(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const name = environment['TERRAFORM_BINARY_NAME'] ?? 'terraform';
  if (name.includes('/')) return isProgram(name) ? name : undefined;
  return (environment['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  if (!existsSync(path)) return false;
  const found = statSync(path);
  return found.isFile() && (found.mode & 0o111) !== 0;
}
