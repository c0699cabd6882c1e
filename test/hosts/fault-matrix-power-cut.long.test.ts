// The fault matrix with power cuts: at every step, on a disk that loses what was not synced.
import { testFaultCells } from './fixtures/fault-tests';
import { cellsOf, STEPS } from './fixtures/fault-places';

testFaultCells({ kernel: cellsOf(STEPS, ['power cut']) });
