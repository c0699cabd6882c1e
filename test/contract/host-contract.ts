// What any Host must do (lib/converge/host.ts), as one suite: run against the host in memory and against lab hosts over SSH.
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { conntrackContract } from './conntrack-contract';
import { ipv6Contract } from './ipv6-contract';
import { proofContract, unavailableProofContract } from './proof-contract';
import { readingContract } from './reading-contract';
import type { Subject } from './subject';
import { transactionContract } from './transaction-contract';
import { troubleContract } from './trouble-contract';

export interface Kind {
  readonly name: string;
  readonly make: () => Promise<Subject>;
  readonly close?: () => void;
  /** Its `sh` has tools built in, which no test can replace (busybox). */
  readonly hasBuiltInTools?: boolean;
}

/** Makes the suite for one kind of host. */
export function hostContract({ name, make, close, hasBuiltInTools = false }: Kind): void {
  describe(`the contract of hosts, on ${name}`, () => {
    let subject: Subject;
    beforeAll(async () => {
      subject = await make();
    });
    beforeEach(async () => {
      await subject.reset();
    });
    afterAll(() => {
      close?.();
    });
    const current = (): Subject => subject;
    readingContract(current);
    proofContract(current);
    if (!hasBuiltInTools) unavailableProofContract(current);
    transactionContract(current);
    ipv6Contract(current);
    conntrackContract(current);
    troubleContract(current);
  });
}
