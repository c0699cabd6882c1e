// The fault matrix where it needs a kernel and a disk of its own: power cuts and reboots at every step, and all faults at steps of IPVS.
import type { FaultCell } from './fixtures/fault-tests';
import { testFaultCells } from './fixtures/fault-tests';
import type { Fault } from './fixtures/fault-happens';
import { FAULTS, POWER_FAULTS } from './fixtures/fault-happens';
import type { FaultStep } from './fixtures/fault-places';
import { isOfServers, STEPS } from './fixtures/fault-places';

const cellsOf = (steps: readonly FaultStep[], faults: readonly Fault[]): FaultCell[] =>
  steps.flatMap((step) => faults.map((fault): FaultCell => [step, fault]));

testFaultCells({
  kernel: [...cellsOf(STEPS.filter(isOfServers), FAULTS), ...cellsOf(STEPS, POWER_FAULTS)],
});
