// First applies and destroys of every subsystem, broken at each of their steps.
import { testBrokenTransactions } from './fixtures/broken-transactions';

testBrokenTransactions(['from nothing', 'of nothing, which removes all']);
