// The fault matrix whole, but for power: every step of a transaction, and every fault at it. those named fault-matrix-… have the rest.
import type { FaultCell } from './fixtures/fault-tests';
import { testFaultCells } from './fixtures/fault-tests';
import { FAULTS } from './fixtures/fault-happens';
import { isOfServers, STEPS } from './fixtures/fault-places';

/** Each back-end has every second cell of each step and of each fault. */
const cellsOf = (which: 0 | 1): FaultCell[] =>
  STEPS.filter((step) => !isOfServers(step)).flatMap((step, row) =>
    FAULTS.filter((_, column) => (row + column) % 2 === which).map((fault): FaultCell => [step, fault]),
  );

testFaultCells({ nft: cellsOf(0), legacy: cellsOf(1) });
