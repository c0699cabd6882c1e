// `npm run bench`: what Gatewright costs beside what it stands on and what others do, with the limits that it is held to.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { installPrograms } from '../../lib/lab/packages';
import { IPTABLES_BACKENDS } from '../../lib/lab/spec';
import type { IptablesBackend } from '../../lib/lab/spec';
import { ANSIBLE } from './ansible-folder';
import { printBenchJson } from './bench-json';
import { Commands } from './commands';
import { allHeld, judge } from './limits';
import { describeMachine } from './machine';
import { expectBackend, measureBackend } from './measure-backend';
import { Progress } from './progress';
import type { Report } from './report';
import { printMarkdown } from './report-markdown';
import { printPlot } from './report-svg';
import { Samples } from './samples';
import { FULL, QUICK, SIZE_NAMES } from './sizes';
import type { Extent } from './sizes';
import { printVerdicts } from './verdict-table';

const ROOT = resolve(__dirname, '..', '..');

interface Choice {
  readonly quick?: true;
  readonly size?: string[];
  readonly backend?: IptablesBackend[];
  readonly rounds?: number;
  readonly to: string;
}

const command = new Command('npm run bench --')
  .description(
    'Measures Gatewright on hosts in network namespaces of this machine, with iptables-nft and with legacy, and\n' +
      'beside it, in turn: Terraform alone, ssh with iptables-save and iptables-restore, and Ansible. Then holds it\n' +
      'to limits that are ratios within the same run. Needs root and Terraform; installs Ansible (Debian) where\n' +
      'it lacks. Writes bench.json, docs/benchmarks.md and docs/benchmarks.svg. Leaves nothing else behind.',
  )
  .option('--quick', 'only 10x2 and 100x3: under 3 minutes instead of some 25')
  .addOption(new Option('--size <name...>', 'only these sizes').choices([...SIZE_NAMES]))
  .addOption(new Option('--backend <name...>', 'only these backends').choices([...IPTABLES_BACKENDS]))
  .option('--rounds <number>', 'rounds of every size, instead of 1 to 5, fewer of the slow ones', parseRounds)
  .option('--to <folder>', 'where to write, for a try that is not to be kept', ROOT)
  .addHelpText(
    'after',
    '\nSizes: SERVICESxENDPOINTS, each service a ClusterIP; set-100000 one ipset; 50x10x2 fifty hosts of 10x2.\n' +
      'Times are medians of plain runs; memory, bytes, connections and round trips come from runs of their own.\n' +
      'Exit codes: 0 all limits held; 1 one is not, or something failed; 2 wrong arguments; 130 interrupted.\n' +
      'Try: npm run bench -- --quick, or --size 5000x3 --backend legacy --to DIR',
  )
  .configureOutput({ getOutHelpWidth: () => 100, getErrHelpWidth: () => 100 })
  .action(async (choice: Choice) => {
    process.exitCode = await bench(choice);
  });

async function bench(choice: Choice): Promise<number> {
  const interruption = new AbortController();
  const stop = (): void => {
    interruption.abort(new Error('interrupted, nothing is left'));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const folder = mkdtempSync(join(tmpdir(), 'gatewright-bench-'));
  try {
    const report = await measure(choice, new Commands(interruption.signal), folder);
    write(choice.to, report);
    process.stdout.write(`${printVerdicts(report.verdicts)}\n`);
    return allHeld(report.verdicts) ? 0 : 1;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    process.stderr.write('interrupted, nothing is left\n');
    return 130;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(choice: Choice, commands: Commands, folder: string): Promise<Report> {
  const extent = extentOf(choice);
  const backends = choice.backend ?? IPTABLES_BACKENDS;
  const started = new Date();
  await installPrograms(ANSIBLE, (line) => process.stderr.write(`${line}\n`));
  const emptyBuild = join(folder, 'empty-build');
  mkdirSync(emptyBuild);
  await commands.must([process.execPath, join(ROOT, 'scripts', 'build.js'), '--empty', emptyBuild]);
  const samples = new Samples();
  const expected = expectBackend(extent);
  const whole = { steps: expected.steps * backends.length, seconds: expected.seconds * backends.length };
  const progress = new Progress(process.stderr, whole);
  try {
    for (const backend of backends) {
      await measureBackend({ commands, extent, folder, emptyBuild, samples, progress }, backend);
    }
  } finally {
    progress.end();
  }
  const rows = samples.rows();
  const sizes = extent.sizes.map(({ name }) => name);
  return {
    rows,
    verdicts: backends.flatMap((backend) => judge(rows, backend, sizes)),
    machine: await describeMachine(commands),
    date: started.toISOString().slice(0, 10),
    minutes: (Date.now() - started.getTime()) / 60_000,
    call: `npm run bench${choice.quick === true ? ' -- --quick' : ''}`,
  };
}

function parseRounds(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number from 1 to 999 is wanted');
}

function extentOf({ quick, size, rounds }: Choice): Extent {
  const extent = quick === true ? QUICK : FULL;
  const chosen = size === undefined ? extent.sizes : FULL.sizes.filter(({ name }) => size.includes(name));
  if (rounds === undefined) return { ...extent, sizes: chosen };
  return { ...extent, sizes: chosen.map((each) => ({ ...each, rounds })) };
}

function write(folder: string, report: Report): void {
  const docs = join(folder, 'docs');
  mkdirSync(docs, { recursive: true });
  writeFileSync(join(folder, 'bench.json'), printBenchJson(report));
  writeFileSync(join(docs, 'benchmarks.md'), printMarkdown(report));
  writeFileSync(join(docs, 'benchmarks.svg'), printPlot(report.rows));
}

command.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
