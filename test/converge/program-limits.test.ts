// How long a program on a host may take: its work, and what it may wait for the host's lock beside it.
import { expect, test } from 'vitest';
import { remoteHost } from '../../lib/converge/remote-host';
import type { Program } from '../../lib/ssh/connection';

const QUESTION = {
  scope: 'default',
  declaredDigest: '',
  sysctls: [],
  reads: [],
  modules: [],
  lockTimeoutSeconds: 3600,
};

class NotStarted extends Error {}

test.each([
  ['read', 3900],
  ['prove', 300],
  ['apply', 3900],
] as const)(
  '%s is given up after %d seconds where the lock may be waited for an hour',
  async (step, seconds) => {
    const started: Program[] = [];
    const host = remoteHost({
      name: 'root@192.0.2.1:22',
      isOpen: true,
      start: (program) => {
        started.push(program);
        return Promise.reject(new NotStarted());
      },
      forward: () => Promise.reject(new NotStarted()),
      close: () => undefined,
    });
    const call = {
      read: () => host.read(QUESTION),
      prove: () => host.prove({}),
      apply: () => host.transact(QUESTION, () => undefined, { signal: new AbortController().signal }),
    }[step];
    await expect(call()).rejects.toThrow(NotStarted);
    expect(started.map((program) => [program.step, program.timeoutSeconds])).toEqual([[step, seconds]]);
  },
);
