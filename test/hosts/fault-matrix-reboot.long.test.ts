// The fault matrix with reboots: at every step.
import { testFaultCells } from './fixtures/fault-tests';
import { cellsOf, STEPS } from './fixtures/fault-places';

testFaultCells({ kernel: cellsOf(STEPS, ['reboot']) });
