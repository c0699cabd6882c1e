// What `npm test` and `npm run test:unit` run.
import { defineConfig } from 'vitest/config';
import { pools, testProjects } from './test/run/projects';

export default defineConfig({ test: { ...pools, projects: testProjects({ longSuites: false }) } });
