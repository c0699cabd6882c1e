// The moments of an apply that failures.e2e.test.ts leaves out.
import { testFailures } from './fixtures/failure-tests';

testFailures([
  ['provider killed', 'read', 'all old'],
  ['provider killed', 'half switched', 'all old'],
  ['SSH session killed', 'switched', 'all new, and reported'],
  ['provider killed', 'started', 'all old'],
  ['provider killed', 'switched', 'all old'],
  ['Terraform killed', 'read', 'all old'],
  ['SSH session killed', 'read', 'all old'],
  ['SSH session killed', 'half switched', 'all new, and reported'],
  ['SSH session killed', 'remembered', 'all new, and reported'],
  ['host out of reach', 'read', 'all old'],
  ['Ctrl-C', 'read', 'all old'],
]);
