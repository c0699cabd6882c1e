// Accidents at exact moments of an apply, through real Terraform: the host is all old or all new. A row for each; failures.long.test.ts has the rest.
import { testFailures } from './fixtures/failure-tests';

// From the moment at which the transaction has started in a session of its own, it ends whatever becomes of us: taken back where
// nobody confirms it. Where only the connection was lost, the provider confirms it over another one.
testFailures([
  ['provider killed', 'remembered', 'all new'],
  ['Terraform killed', 'half switched', 'all old'],
  ['SSH session killed', 'started', 'all new, and reported'],
  ['host out of reach', 'half switched', 'all old'],
  ['Ctrl-C', 'half switched', 'all old'],
]);
