// `npm run bench`: what a plan and a launch cost beside what they stand on, as medians of one run, each held to its limit.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Table from 'cli-table3';
import { installProvider } from '../../lib/install/provider';
import { labDown } from '../../lib/lab/down';
import type { Lab } from '../../lib/lab/lab';
import { readLabFile } from '../../lib/lab/read-spec';
import type { RunResult } from '../../lib/lab/run';
import { run } from '../../lib/lab/run';
import { bringUp } from '../../lib/lab/up';
import { Launches, launcherIn } from './launch';
import { median, medians } from './medians';

const ROOT = resolve(__dirname, '..', '..');
const HOSTS = ['cloudos1', 'cloudos2'];
const PLAN_ROUNDS = 9;
const LAUNCH_ROUNDS = 21;

interface Budget {
  readonly what: string;
  readonly milliseconds: number;
  readonly limit: number;
  /** What the limit is made of. */
  readonly because: string;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatewright-bench-'));
  let lab: Lab | undefined;
  try {
    say('a lab of two hosts, the example deployed on it');
    lab = await bringUp(readLabFile(join(ROOT, 'examples', 'cluster-ip', 'lab.json')), join(folder, 'lab'));
    const stacks = await deploy(lab, folder);
    const budgets = [await measurePlan(lab, stacks), await measureLaunch(stacks.real)];
    process.stdout.write(`${printBudgets(budgets)}\n`);
    if (budgets.some(({ milliseconds, limit }) => milliseconds > limit)) process.exitCode = 1;
  } finally {
    if (lab !== undefined) await labDown(lab.dir);
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Stacks {
  readonly real: string;
  /** The same configuration and state, with a provider that speaks the protocol and looks at no host. */
  readonly empty: string;
}

async function deploy(lab: Lab, folder: string): Promise<Stacks> {
  await must(['env', '-C', folder, process.execPath, tsx(), join(ROOT, 'main.ts')], {
    GATEWRIGHT_LAB: lab.dir,
  });
  const real = join(folder, 'cdktf.out', 'stacks', 'cluster-ip');
  const empty = join(folder, 'empty');
  const emptyBuild = join(folder, 'empty-build');
  cpSync(real, empty, { recursive: true });
  rmSync(join(empty, 'terraform.d'), { recursive: true });
  mkdirSync(emptyBuild);
  await must([process.execPath, join(ROOT, 'scripts', 'build.js'), '--empty', emptyBuild]);
  installProvider(empty, { buildFolder: emptyBuild });
  for (const stack of [real, empty]) await terraform(stack, 'init', '-input=false');
  await terraform(real, 'apply', '-auto-approve', '-input=false');
  return { real, empty };
}

async function measurePlan(lab: Lab, { real, empty }: Stacks): Promise<Budget> {
  say(`terraform plan of two hosts, ${PLAN_ROUNDS} times in turn with what it is compared to`);
  const plan = async (stack: string): Promise<void> => {
    const { stdout } = await terraform(stack, 'plan', '-input=false', '-no-color');
    if (!stdout.includes('No changes.')) throw new Error(`the plan in ${stack} has changes:\n${stdout}`);
  };
  const raw = async (host: string): Promise<void> => {
    const { stdout } = await must(['ssh', '-F', join(lab.dir, 'ssh_config'), host, 'iptables-save']);
    if (!stdout.includes('-A GW-SERVICES')) throw new Error(`${host} has no rules of ours`);
  };
  const times = await medians(
    [
      { name: 'plan', run: () => plan(real) },
      { name: 'empty', run: () => plan(empty) },
      ...HOSTS.map((host) => ({ name: host, run: () => raw(host) })),
    ],
    PLAN_ROUNDS,
  );
  const time = (name: string): number => times.get(name) ?? NaN;
  const ssh = HOSTS.map(time);
  return {
    what: 'plan of two hosts, nothing to change',
    milliseconds: time('plan'),
    limit: ssh.reduce((sum, each) => sum + each, time('empty')),
    because: `empty provider ${round(time('empty'))} + ssh HOST iptables-save ${ssh.map(round).join(' + ')}`,
  };
}

async function measureLaunch(stack: string): Promise<Budget> {
  say(`launch of the provider up to its handshake, ${LAUNCH_ROUNDS} times in turn with node -e 0`);
  const launches = new Launches(launcherIn(stack));
  const times = await medians(
    [
      { name: 'launch', run: () => launches.untilHandshake() },
      { name: 'node', run: () => must([process.execPath, '-e', '0']) },
    ],
    LAUNCH_ROUNDS,
  );
  const node = times.get('node') ?? NaN;
  const certificate = median(launches.certificates);
  return {
    what: 'provider launch to handshake',
    milliseconds: times.get('launch') ?? NaN,
    limit: 2 * node + certificate,
    because: `2 x node -e 0 (${round(node)}) + certificate ${round(certificate)}`,
  };
}

function printBudgets(budgets: readonly Budget[]): string {
  const table = new Table({
    head: ['median of', 'ms', 'limit', 'which is', ''],
    // With the borders 100 columns.
    colWidths: [26, 7, 7, 44, 10],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { what, milliseconds, limit, because } of budgets) {
    table.push([
      what,
      round(milliseconds),
      round(limit),
      because,
      milliseconds <= limit ? 'held' : 'NOT HELD',
    ]);
  }
  return table.toString();
}

function terraform(stack: string, ...words: readonly string[]): Promise<RunResult> {
  // Not by -chdir: Terraform looks for terraform.d in the folder that it was started in.
  return must(['env', '-C', stack, process.env['TERRAFORM_BINARY_NAME'] ?? 'terraform', ...words]);
}

async function must(argv: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<RunResult> {
  const env = { ...process.env, CHECKPOINT_DISABLE: '1', ...environment };
  const result = await run(argv, { env, timeoutSeconds: 120 });
  if (result.exitCode === 0) return result;
  throw new Error(`${argv.join(' ')} failed:\n${result.stdout}${result.stderr}`);
}

function tsx(): string {
  return require.resolve('tsx/cli');
}

function round(milliseconds: number): string {
  return milliseconds.toFixed(0);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
