// What an apply waits for reaches Terraform's log: a line on standard error that names the host.
import { afterEach, expect, test, vi } from 'vitest';
import { Session } from '../../lib/provider/session';
import { DEFAULT_SCOPE } from '../../lib/model/scope';

afterEach(() => {
  vi.restoreAllMocks();
});

test('a target reports what is waited for, with the name of its host', () => {
  const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const session = new Session(
    {
      loadEngine: () => Promise.reject(new Error('no engine here')),
      connect: () => Promise.reject(new Error('nobody is reached')),
    },
    {},
  );
  const target = session.target({ address: '192.0.2.1', port: 22, user: 'root' }, DEFAULT_SCOPE, {
    lockTimeoutSeconds: 30,
    drainTimeoutSeconds: 60,
    confirmTimeoutSeconds: 30,
  });
  target.report?.('1 of 2 real servers drain: -t 192.0.2.9:80 -r 10.0.0.1:80 has 3');
  expect(printed.mock.calls).toEqual([
    ['gatewright: 192.0.2.1:22: 1 of 2 real servers drain: -t 192.0.2.9:80 -r 10.0.0.1:80 has 3\n'],
  ]);
  expect(target).toMatchObject({ lockTimeoutSeconds: 30, drainTimeoutSeconds: 60 });
});
