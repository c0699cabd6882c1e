// A transaction from one state of every subsystem to another, broken at each of its steps. converge-broken.long.test.ts has first applies and destroys.
import { testBrokenTransactions } from './fixtures/broken-transactions';

testBrokenTransactions(['from other parts']);
