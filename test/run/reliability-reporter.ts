// The vitest reporter of `npm run test:all`: gathers what the suites recorded and writes docs/reliability.md.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Reporter, SerializedError, TestModule, TestRunEndReason, Vitest } from 'vitest/node';
import type { RecordedCell } from './recorded-cell';
import { FOLDER_VARIABLE, parseRecorded } from './recorded-cell';
import type { EndedTest } from './reliability-page';
import { mergeRows, parsePage, printPage, rowsOf } from './reliability-page';

const PAGE = 'docs/reliability.md';

export default class ReliabilityPage implements Reporter {
  private root = '.';
  private folder: string | undefined;
  private isWhole = true;

  /** The processes that run the tests start later, and inherit the variable. */
  onInit(vitest: Vitest): void {
    this.root = vitest.config.root;
    // Of a file of which only some tests run, the other rows would be lost.
    this.isWhole = vitest.config.testNamePattern === undefined;
    this.folder = mkdtempSync(join(tmpdir(), 'gatewright-reliability-'));
    process.env[FOLDER_VARIABLE] = this.folder;
  }

  onTestRunEnd(
    modules: readonly TestModule[],
    _errors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    const cells = this.takeRecorded();
    if (reason === 'interrupted' || !this.isWhole) return;
    const files = modules.map((module) => this.toPath(module.moduleId));
    const rows = rowsOf(
      cells,
      modules.flatMap((module) => this.endedTests(module)),
      commitOf(this.root),
    );
    const page = join(this.root, PAGE);
    const old = existsSync(page) ? parsePage(readFileSync(page, 'utf8')) : [];
    const merged = mergeRows(old, { rows, files }, (file) => existsSync(join(this.root, file)));
    writeFileSync(page, printPage(merged));
  }

  private takeRecorded(): RecordedCell[] {
    const { folder } = this;
    if (folder === undefined) return [];
    const lines = readdirSync(folder).flatMap((name) =>
      readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean),
    );
    rmSync(folder, { recursive: true });
    return lines.map(parseRecorded).map((cell) => ({ ...cell, file: this.toPath(cell.file) }));
  }

  /** A file that did not load at all failed too. */
  private endedTests(module: TestModule): EndedTest[] {
    const file = this.toPath(module.moduleId);
    const tests = [...module.children.allTests()].map((test) => ({
      file,
      test: test.fullName,
      result: test.result().state === 'passed' ? ('passed' as const) : ('failed' as const),
      seconds: (test.diagnostic()?.duration ?? 0) / 1000,
    }));
    const broken = [module, ...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
    return broken.length === 0
      ? tests
      : [...tests, { file, test: 'the file as a whole', result: 'failed', seconds: 0 }];
  }

  private toPath(file: string): string {
    return relative(this.root, file);
  }
}

/** Of a clone whose files are not as they were committed, with a `+`. */
function commitOf(root: string): string {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const changes = git('status', '--porcelain', '--', '.', `:!${PAGE}`);
    return `${git('rev-parse', '--short=12', 'HEAD')}${changes === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}
