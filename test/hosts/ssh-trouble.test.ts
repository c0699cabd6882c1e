import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../lib/ssh/connect';
import { refusalOf } from './fixtures/refusal';
import { signalAll, startSshServer, type SshServer } from './fixtures/ssh-server';

let server: SshServer;

beforeAll(async () => {
  server = await startSshServer({ users: [{ name: 'locked-out', shell: '/usr/sbin/nologin' }] });
});

afterAll(async () => {
  await server.stop();
});

const LONG = { step: 'apply', body: 'echo running; sleep 60', timeoutSeconds: 30 } as const;

function signalSessions(signal: NodeJS.Signals): void {
  signalAll(server.sessionPids(), signal);
}

test('a connection cut in mid-program ends every wait with the step under way, and later starts too', async () => {
  const connection = await connect(server.settings, server.environment);
  const running = await connection.start(LONG);
  await running.readUntil('running');
  const waiting = refusalOf(running.readUntil('done'));
  signalSessions('SIGKILL');
  const refusal = await refusalOf(running.result);
  expect(connection.isOpen).toBe(false);
  expect(refusal).toMatchObject({ code: 'connection-lost', host: connection.name, step: 'apply' });
  expect(await waiting).toBe(refusal);
  expect((await refusalOf(connection.start({ ...LONG, step: 'verify' }))).code).toBe('connection-lost');
  connection.close();
});

test('a host that freezes in mid-program does not hang the caller', async () => {
  const connection = await connect(server.settings, server.environment);
  const running = await connection.start({ ...LONG, timeoutSeconds: 1 });
  await running.readUntil('running');
  signalSessions('SIGSTOP');
  expect((await refusalOf(running.result)).code).toBe('timed-out');
  expect((await refusalOf(connection.start({ ...LONG, timeoutSeconds: 0.2 }))).code).toBe('timed-out');
  connection.close();
  signalSessions('SIGKILL');
});

test('closing the connection ends what runs on it', async () => {
  const connection = await connect(server.settings, server.environment);
  const running = await connection.start(LONG);
  connection.close();
  expect(await refusalOf(running.result)).toMatchObject({
    code: 'connection-lost',
    message: `the connection to ${connection.name} was closed here during apply`,
  });
});

test('a user whose login shell runs nothing is an error that quotes it', async () => {
  const connection = await connect(
    { ...server.settings, user: 'locked-out', sudo: false },
    server.environment,
  );
  const running = await connection.start(LONG);
  const refusal = await refusalOf(running.result);
  expect(refusal.code).toBe('shell-failed');
  expect(refusal.message).toContain(
    'did not start sh (exit code 1); the login said:\nThis account is currently not available.',
  );
  connection.close();
});

test('what a login shell prints at its start is no part of the result', async () => {
  writeFileSync(join(server.folder, 'home-root', '.bashrc'), 'echo hello; printf "no newline" >&2\n');
  const connection = await connect(server.settings, server.environment);
  const running = await connection.start({
    step: 'read',
    body: 'echo out; echo err >&2',
    timeoutSeconds: 10,
  });
  expect(await running.result).toMatchObject({ exitCode: 0, stdout: 'out\n', stderr: 'err\n' });
  connection.close();
});

test('where the host allows one program at a time, others wait for it to end, each in its turn', async () => {
  const small = await startSshServer({ sshd: ['MaxSessions 1'] });
  const connection = await connect(small.settings, small.environment);
  const first = await connection.start({
    step: 'read',
    body: 'echo running; read -r word',
    timeoutSeconds: 30,
  });
  await first.readUntil('running');
  const others = ['a', 'b', 'c'].map(async (word) => {
    const running = await connection.start({ step: 'ask', body: `echo ${word}`, timeoutSeconds: 30 });
    return (await running.result).stdout;
  });
  const late = refusalOf(connection.start({ step: 'late', body: 'echo never', timeoutSeconds: 0.3 }));
  expect((await late).code).toBe('timed-out');
  void first.write(Buffer.from('go\n'));
  expect((await Promise.all(others)).sort()).toEqual(['a\n', 'b\n', 'c\n']);
  connection.close();
  await small.stop();
});

test('a program that waits for another is told when the connection is lost', async () => {
  const small = await startSshServer({ sshd: ['MaxSessions 1'] });
  const connection = await connect(small.settings, small.environment);
  await (await connection.start(LONG)).readUntil('running');
  const waiting = refusalOf(connection.start(LONG));
  signalAll(small.sessionPids(), 'SIGKILL');
  expect((await waiting).code).toBe('connection-lost');
  connection.close();
  await small.stop();
});

test('a host that allows no program at all is an error that names the setting', async () => {
  const none = await startSshServer({ sshd: ['MaxSessions 0'] });
  const connection = await connect(none.settings, none.environment);
  const refusal = await refusalOf(connection.start(LONG));
  expect([refusal.code, refusal.fix]).toEqual([
    'shell-failed',
    'allow more sessions per connection: MaxSessions in sshd_config',
  ]);
  connection.close();
  await none.stop();
}, 20_000);

test('a process that has closed its connection can end, even when the host no longer answers', async () => {
  const script = join(import.meta.dirname, 'fixtures', 'connect-and-close.ts');
  const login = [`${server.settings.port}`, server.clientKeyPath, server.hostKey()];
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...login], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  signalSessions('SIGSTOP');
  child.stdin.end();
  expect(await ended).toBe(0);
  signalSessions('SIGKILL');
}, 20_000);
