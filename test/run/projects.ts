// The test projects, for vitest.config.ts (what `npm test` runs) and vitest.all.config.ts (the longer suites too).
import type { TestProjectInlineConfiguration } from 'vitest/config';

const LONG_SUITES = ['test/**/*.long.test.ts'];
/** Files in threads share their modules: loading them anew for each file takes most of the time. Forks do not. */
export const pools = {
  poolOptions: {
    threads: { isolate: false, minThreads: 2, maxThreads: 2 },
    // Two files with hosts at a time: each has a lab of its own, and waits for it most of the time.
    forks: { minForks: 2, maxForks: 2 },
  },
};

/** They replace a module or the environment for themselves, and so need a process to themselves, which loads everything anew. */
const APART = [
  'test/constructs/provider.test.ts',
  'test/constructs/example.test.ts',
  'test/readme/*.test.ts',
];
/** They need nothing but Node either, but take longer than somebody waits who has changed a line. */
const SLOWER = [
  'test/architecture.test.ts',
  'test/architecture/**/*.test.ts',
  'test/converge/*properties.test.ts',
  'test/converge/all-subsystems.test.ts',
  'test/converge/chain-chunks.test.ts',
  'test/converge/each-rule.test.ts',
  'test/converge/fuzz.test.ts',
  'test/converge/ipset-changes.test.ts',
  'test/services/buckets.test.ts',
  'test/services/invariants.test.ts',
  'test/services/modes-agree.test.ts',
];
const HOST_SUITES = ['test/hosts/**', 'test/contract/**', 'test/e2e/**'];

/** They need nothing but Node, and keep a processor busy for minutes. */
const LONG_WITHOUT_HOSTS: TestProjectInlineConfiguration = {
  test: {
    name: 'long',
    include: LONG_SUITES,
    exclude: HOST_SUITES,
    pool: 'forks',
    testTimeout: 1_800_000,
  },
};

/** `longSuites`: with the files named *.long.test.ts, which take minutes. */
export function testProjects(run: { readonly longSuites: boolean }): TestProjectInlineConfiguration[] {
  const leftOut = run.longSuites ? [] : LONG_SUITES;
  return [
    ...(run.longSuites ? [LONG_WITHOUT_HOSTS] : []),
    // These three need nothing but Node.
    {
      test: {
        name: 'unit',
        include: ['test/**/*.test.ts'],
        exclude: [...HOST_SUITES, ...APART, ...SLOWER, ...LONG_SUITES],
        pool: 'threads',
      },
    },
    { test: { name: 'apart', include: APART, pool: 'forks' } },
    { test: { name: 'slower', include: SLOWER, pool: 'threads' } },
    // Brings up lab hosts (root, network namespaces, kernels, OpenSSH) and runs real terraform and cdktf.
    {
      test: {
        name: 'hosts',
        include: HOST_SUITES.map((folder) => `${folder}/*.test.ts`),
        exclude: leftOut,
        globalSetup: 'test/run/install-programs.ts',
        pool: 'forks',
        sequence: { groupOrder: 1 },
        testTimeout: 180_000,
        hookTimeout: 300_000,
      },
    },
  ];
}
