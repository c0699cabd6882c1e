// Transactions over every subsystem, broken at each of their steps: first applies, changes and destroys. fault-matrix.test.ts has a sample of steps.
import { testBrokenTransactions } from './fixtures/broken-transactions';

testBrokenTransactions(['from nothing', 'from other parts', 'of nothing, which removes all']);
