// What `npm run test:all` runs: everything that `npm test` does, and the suites named *.long.test.ts; it writes docs/reliability.md.
import { defineConfig } from 'vitest/config';
import { pools, testProjects } from './test/run/projects';

export default defineConfig({
  test: {
    ...pools,
    projects: testProjects({ longSuites: true }),
    reporters: ['default', './test/run/reliability-reporter.ts'],
  },
});
