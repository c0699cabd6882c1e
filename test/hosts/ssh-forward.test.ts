import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../lib/ssh/connect';
import type { SshConnection } from '../../lib/ssh/connection';
import { refusalOf } from './fixtures/refusal';
import { freePort, startSshServer, type SshServer } from './fixtures/ssh-server';
import { listen } from './fixtures/listen';

let server: SshServer;
let connection: SshConnection;
let greeter: Server;
let port: number;

beforeAll(async () => {
  server = await startSshServer();
  connection = await connect(server.settings, server.environment);
  greeter = createServer((socket) => socket.end('hello'));
  port = await listen(greeter);
});

afterAll(async () => {
  connection.close();
  greeter.close();
  await server.stop();
});

test("the host's sshd connects to what the host reaches, and what is said there arrives", async () => {
  const channel = await connection.forward('127.0.0.1', port);
  expect(await text(channel)).toBe('hello');
});

test('a port at which nobody listens is told at once, with both ends', async () => {
  const closed = await freePort();
  expect(await refusalOf(connection.forward('127.0.0.1', closed))).toMatchObject({
    code: 'forward-refused',
    step: 'forward',
    message: `${connection.name} did not connect to 127.0.0.1:${closed}: Connection refused`,
  });
});

test.each([
  ['AllowTcpForwarding no', 'AllowTcpForwarding no'],
  ['AllowTcpForwarding remote', 'AllowTcpForwarding remote'],
  ['DisableForwarding yes', 'DisableForwarding yes'],
  ['PermitOpen none', 'PermitOpen none'],
])(
  'a host with %s in sshd_config is an error that names the setting, and programs run on',
  async (_, line) => {
    const strict = await startSshServer({ sshd: [line] });
    const open = await connect(strict.settings, strict.environment);
    const refusal = await refusalOf(open.forward('127.0.0.1', port));
    expect(refusal.code).toBe('forward-forbidden');
    expect(refusal.fix).toContain('AllowTcpForwarding local in sshd_config');
    const running = await open.start({ step: 'ask', body: 'echo on', timeoutSeconds: 10 });
    expect((await running.result).stdout).toBe('on\n');
    open.close();
    await strict.stop();
  },
);

test('forwarded connections do not count against MaxSessions', async () => {
  const small = await startSshServer({ sshd: ['MaxSessions 1'] });
  const open = await connect(small.settings, small.environment);
  const running = await open.start({ step: 'ask', body: 'echo running; read -r word', timeoutSeconds: 10 });
  await running.readUntil('running');
  const channels = await Promise.all([1, 2, 3].map(() => open.forward('127.0.0.1', port)));
  expect(await Promise.all(channels.map((channel) => text(channel)))).toEqual(['hello', 'hello', 'hello']);
  open.close();
  await small.stop();
});

test('a host that does not answer in time is given up, and the connection serves on', async () => {
  const before = server.sessionPids();
  const frozen = await connect(server.settings, server.environment);
  // sshd's own process for the login has been waited for by the time that a program has run.
  await (
    await frozen.start({ step: 'ask', body: ':', timeoutSeconds: 10 })
  ).result;
  // Those of the tests before may still be ending.
  const held = server.sessionPids().filter((pid) => !before.includes(pid));
  for (const pid of held) process.kill(pid, 'SIGSTOP');
  expect(await refusalOf(frozen.forward('127.0.0.1', port, 0.3))).toMatchObject({
    code: 'timed-out',
    message: `${frozen.name} did not connect to 127.0.0.1:${port}: no answer within 0.3 s`,
  });
  for (const pid of held) process.kill(pid, 'SIGCONT');
  expect(await text(await frozen.forward('127.0.0.1', port))).toBe('hello');
  frozen.close();
});

test('nothing is forwarded on a connection that was closed', async () => {
  const closed = await connect(server.settings, server.environment);
  closed.close();
  expect((await refusalOf(closed.forward('127.0.0.1', port))).code).toBe('connection-lost');
});

test('a forwarded connection ends with the connection that carries it', async () => {
  const silent = createServer();
  const open = await connect(server.settings, server.environment);
  const channel = await open.forward('127.0.0.1', await listen(silent));
  const ended = once(channel, 'close');
  channel.resume();
  open.close();
  await ended;
  silent.close();
});
