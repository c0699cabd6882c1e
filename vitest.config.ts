// What `npm test` and `npm run test:unit` run.
import { defineConfig } from 'vitest/config';
import { testProjects, threads } from './test/run/projects';

export default defineConfig({ test: { ...threads, projects: testProjects({ longSuites: false }) } });
