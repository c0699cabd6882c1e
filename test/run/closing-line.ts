// The vitest reporter of .ci/run: one plain closing line with what really ran, and failure for what did not run at all.
import { relative } from 'node:path';
import type { Reporter, SerializedError, TestModule, Vitest } from 'vitest/node';

/** What a run came to. */
export interface Tally {
  readonly passed: number;
  /** Failed tests, and everything else that went wrong: files and suites that did not load, errors outside any test. */
  readonly failed: number;
  /** `project > file > test` */
  readonly skipped: readonly string[];
  /** Projects in which not one test passed or failed. */
  readonly idleProjects: readonly string[];
}

/** As much of a vitest module as the count needs. */
export interface RanModule extends RanSuite {
  readonly moduleId: string;
  readonly project: { readonly name: string };
  readonly children: { allTests(): Iterable<RanTest>; allSuites(): Iterable<RanSuite> };
}
export interface RanSuite {
  errors(): readonly unknown[];
}
export interface RanTest {
  readonly fullName: string;
  result(): { readonly state: 'passed' | 'failed' | 'skipped' | 'pending' };
}

/** Counts what ran; `projects` are the names of all that should have. */
export function tally(
  projects: readonly string[],
  modules: readonly RanModule[],
  strayErrors: number,
): Tally {
  const tests = modules.flatMap((module) =>
    [...module.children.allTests()].map((test) => ({
      project: module.project.name,
      title: `${module.project.name} > ${relative('.', module.moduleId)} > ${test.fullName}`,
      state: test.result().state,
    })),
  );
  const ran = tests.filter((test) => test.state === 'passed' || test.state === 'failed');
  const suites: RanSuite[] = modules.flatMap((module) => [module, ...module.children.allSuites()]);
  const broken = suites.filter((suite) => suite.errors().length > 0).length;
  return {
    passed: ran.filter((test) => test.state === 'passed').length,
    failed: ran.filter((test) => test.state === 'failed').length + broken + strayErrors,
    skipped: tests.filter((test) => !ran.includes(test)).map((test) => test.title),
    idleProjects: projects.filter((name) => !ran.some((test) => test.project === name)),
  };
}

export function isClean({ passed, failed, skipped, idleProjects }: Tally): boolean {
  return passed > 0 && failed === 0 && skipped.length === 0 && idleProjects.length === 0;
}

/** What must be said first, then `N passed, N failed`. */
export function printTally({ passed, failed, skipped, idleProjects }: Tally): string {
  return [
    ...skipped.map((title) => `did not run: ${title}`),
    ...idleProjects.map((name) => `not one test ran in project ${name}`),
    `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`,
  ].join('\n');
}

export default class ClosingLine implements Reporter {
  private projects: readonly string[] = [];

  onInit(vitest: Vitest): void {
    this.projects = vitest.projects.map((project) => project.name);
  }

  onTestRunEnd(modules: readonly TestModule[], strayErrors: readonly SerializedError[]): void {
    const result = tally(this.projects, modules, strayErrors.length);
    // The other reporters print their summary meanwhile: this line is to be the last.
    process.once('exit', () => {
      if (!isClean(result)) process.exitCode = 1;
      process.stdout.write(`\n${printTally(result)}\n`);
    });
  }
}
