import { defineConfig } from 'vitest/config';

// Unit tests need nothing but Node. The other projects bring up lab hosts (root, network namespaces, OpenSSH) and run
// real terraform and cdktf, so their files run one after another.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/contract/**', 'test/hosts/**', 'test/bench/**'],
        },
      },
      {
        test: {
          name: 'hosts',
          include: ['test/hosts/**/*.test.ts', 'test/contract/**/*.test.ts', 'test/e2e/**/*.test.ts'],
          pool: 'forks',
          poolOptions: { forks: { singleFork: true } },
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
