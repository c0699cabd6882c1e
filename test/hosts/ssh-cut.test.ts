// A connection that is cut or falls silent anywhere between the first byte and the last: in the handshake, the login, while sudo asks, in a program.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../lib/ssh/connect';
import type { CommandResult } from '../../lib/ssh/connection';
import { SshError } from '../../lib/ssh/errors';
import { type RelayEnd, startRelay } from './fixtures/relay';
import { startSshServer, type SshServer } from './fixtures/ssh-server';

const PASSWORD = 'swordfish of sudo';
const POINTS = 24;

let server: SshServer;

beforeAll(async () => {
  server = await startSshServer({
    users: [{ name: 'ops', password: PASSWORD }],
    sudoers: 'Defaults timestamp_timeout=0\nops ALL=(root) ALL',
    sshd: ['MaxStartups 200'],
  });
});

afterAll(async () => {
  await server.stop();
});

/** All that a user's password is asked for: the login, sudo, and a program with some input. */
async function converse(port: number): Promise<CommandResult> {
  const login = { user: 'ops', password: PASSWORD, sudoPassword: PASSWORD };
  const { address, hostKey = '' } = server.settings;
  const settings = { address, port, hostKey, ...login, connectTimeoutSeconds: 3 };
  const connection = await connect(settings, server.environment);
  try {
    const body = 'id -un; echo running; cat';
    const running = await connection.start({ step: 'ask', body, timeoutSeconds: 4 });
    await running.readUntil('running');
    void running.write(Buffer.from('x'.repeat(2000)));
    running.end();
    return await running.result;
  } finally {
    connection.close();
  }
}

async function through(end?: RelayEnd): Promise<{ readonly end: unknown; readonly bytes: number }> {
  const relay = await startRelay(server.settings.port, end);
  const result = await converse(relay.port).catch((error: unknown) => error);
  relay.stop();
  return { end: result, bytes: relay.passed() };
}

test.each([
  ['cut', ['connection-lost', 'authentication-failed', 'unreachable']],
  ['freeze', ['timed-out']],
] as const)('a %s at whatever moment ends in an error that says what was under way', async (how, codes) => {
  const whole = await through();
  expect(whole.end).toMatchObject({ exitCode: 0, stdout: `root\nrunning\n${'x'.repeat(2000)}` });
  // The last packets only take leave.
  const points = Array.from({ length: POINTS }, (_, index) =>
    Math.floor((whole.bytes - 300) * (index / POINTS)),
  );
  const ends = await Promise.all(points.map((after) => through({ after, how })));
  for (const { end } of ends) {
    expect(end).toBeInstanceOf(SshError);
    expect(codes).toContain((end as SshError).code);
    expect(JSON.stringify(end, Object.getOwnPropertyNames(end))).not.toContain(PASSWORD);
  }
  const steps = new Set(ends.map(({ end }) => (end as SshError).step));
  expect([...steps].sort()).toEqual(['ask', 'authenticate', 'connect']);
});
