// The errors of a host in memory that lets nobody in, or drops who is in. Used by fake-host.ts.
import { Refused } from '../../lib/converge/errors';
import { SshError } from '../../lib/ssh/errors';

/** Another apply does not let go. */
export function locked(): never {
  const since = 'since 2026-11-21 03:26:28 UTC, by root';
  throw new Refused('locked', `another apply holds the lock (${since})`, 'wait until it has ended');
}

/** Before the first change. */
export function interrupted(): Refused {
  return new Refused('interrupted', 'interrupted before the first change', 'apply again');
}

/** A new connection is refused. */
export function unreachable(): SshError {
  return new SshError('unreachable', 'root@192.0.2.1:22', 'connect', 'root@192.0.2.1:22 cannot be reached');
}

/** While a transaction is under way. */
export function connectionLost(): SshError {
  return new SshError(
    'connection-lost',
    'root@192.0.2.1:22',
    'apply',
    'the connection was lost during apply',
  );
}
