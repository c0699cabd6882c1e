// What any Host must do (lib/converge/host.ts), as one suite: run against the host in memory and against lab hosts over SSH.
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { proofContract } from './proof-contract';
import { readingContract } from './reading-contract';
import type { Subject } from './subject';
import { transactionContract } from './transaction-contract';
import { troubleContract } from './trouble-contract';

/** Makes the suite for one kind of host. */
export function hostContract(name: string, make: () => Promise<Subject>, close?: () => Promise<void>): void {
  describe(`the contract of hosts, on ${name}`, () => {
    let subject: Subject;
    beforeAll(async () => {
      subject = await make();
    });
    beforeEach(async () => {
      await subject.reset();
    });
    afterAll(async () => {
      await close?.();
    });
    const current = (): Subject => subject;
    readingContract(current);
    proofContract(current);
    transactionContract(current);
    troubleContract(current);
  });
}
