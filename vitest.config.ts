// What `npm test` and `npm run test:unit` run.
import { defineConfig } from 'vitest/config';
import { testProjects } from './test/run/projects';

export default defineConfig({ test: { projects: testProjects({ longSuites: false }) } });
