// The closing line tells what ran, and a run in which something did not run is not clean.
import { expect, test } from 'vitest';
import { isClean, printTally, tally, type RanModule, type RanTest } from './closing-line';

type State = ReturnType<RanTest['result']>['state'];

function ranModule(
  project: string,
  states: readonly State[],
  suiteErrors: readonly string[] = [],
): RanModule {
  return {
    moduleId: `test/${project}.test.ts`,
    project: { name: project },
    errors: () => [],
    children: {
      allTests: () =>
        states.map((state, index) => ({ fullName: `test ${index}`, result: () => ({ state }) })),
      allSuites: () => [{ errors: () => suiteErrors }],
    },
  };
}

const unit = ranModule('unit', ['passed', 'passed']);
const unloadable: RanModule = { ...ranModule('unit', []), errors: () => ['syntax error'] };

test.each([
  ['all that ran passed', [unit, ranModule('hosts', ['passed'])], 0, true, '3 passed, 0 failed'],
  ['a test failed', [unit, ranModule('hosts', ['failed'])], 0, false, '2 passed, 1 failed'],
  ['a file did not load', [unit, unloadable, ranModule('hosts', ['passed'])], 0, false, '3 passed, 1 failed'],
  ['a hook failed', [unit, ranModule('hosts', ['passed'], ['boom'])], 0, false, '3 passed, 1 failed'],
  ['an error outside any test', [unit, ranModule('hosts', ['passed'])], 1, false, '3 passed, 1 failed'],
  [
    'a test was skipped',
    [unit, ranModule('hosts', ['passed', 'skipped'])],
    0,
    false,
    'did not run: hosts > test/hosts.test.ts > test 1\n3 passed, 0 failed, 1 skipped',
  ],
  ['a project stood idle', [unit], 0, false, 'not one test ran in project hosts\n2 passed, 0 failed'],
] as const)('says so where %s', (_name, modules, strayErrors, clean, text) => {
  const result = tally(['unit', 'hosts'], modules, strayErrors);
  expect(printTally(result)).toBe(text);
  expect(isClean(result)).toBe(clean);
});
