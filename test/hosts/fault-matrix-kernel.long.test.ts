// The fault matrix where it needs a kernel of its own: all faults at steps of IPVS. Power has files of its own, so that two run at a time.
import { testFaultCells } from './fixtures/fault-tests';
import { FAULTS } from './fixtures/fault-happens';
import { cellsOf, isOfServers, STEPS } from './fixtures/fault-places';

testFaultCells({ kernel: cellsOf(STEPS.filter(isOfServers), FAULTS) });
