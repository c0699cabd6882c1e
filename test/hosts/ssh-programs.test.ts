import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../lib/ssh/connect';
import type { Program, SshConnection } from '../../lib/ssh/connection';
import { ProgramEnded } from '../../lib/ssh/errors';
import { refusalOf } from './fixtures/refusal';
import { startSshServer, type SshServer } from './fixtures/ssh-server';

const MEGABYTE = 1024 * 1024;

let server: SshServer;
let connection: SshConnection;

beforeAll(async () => {
  server = await startSshServer();
  connection = await connect(server.settings, server.environment);
});

afterAll(async () => {
  connection.close();
  await server.stop();
});

function program(body: string, timeoutSeconds = 30): Program {
  return { step: 'try', body, timeoutSeconds };
}

test('a program prints on both streams and ends with its exit code', async () => {
  const running = await connection.start(program('echo out; echo err >&2; return 3'));
  const { host, step, exitCode, stdout, stderr } = await running.result;
  expect({ host, step, exitCode, stdout, stderr }).toEqual({
    host: `root@127.0.0.1:${server.settings.port}`,
    step: 'try',
    exitCode: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
});

test('a program that a signal ends has no exit code', async () => {
  const running = await connection.start(program('echo begun; kill -9 $$'));
  expect(await running.result).toEqual({ host: connection.name, step: 'try', stdout: 'begun\n', stderr: '' });
});

test('twenty megabytes of bulk arrive unchanged, after the program has said that it is running', async () => {
  const bulk = randomBytes(20 * MEGABYTE);
  const running = await connection.start(program(`echo running; head -c ${bulk.length} | sha256sum`));
  await running.readUntil('running');
  void running.write(bulk);
  const { exitCode, stdout } = await running.result;
  const digest = createHash('sha256').update(bulk).digest('hex');
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `running\n${digest}  -\n` });
});

test('what the program leaves unread on its standard input is not run', async () => {
  const running = await connection.start(program('echo running; head -c 1 >/dev/null'));
  await running.readUntil('running');
  void running.write(Buffer.from('x\necho never\n'));
  running.end();
  expect(await running.result).toMatchObject({ exitCode: 0, stdout: 'running\n', stderr: '' });
});

test('the program sees the end of its standard input', async () => {
  const running = await connection.start(program('echo running; cat'));
  await running.readUntil('running');
  void running.write(Buffer.from('some bulk\n'));
  running.end();
  expect(await running.result).toMatchObject({ exitCode: 0, stdout: 'running\nsome bulk\n' });
});

test('fifty megabytes of output arrive whole', async () => {
  const running = await connection.start(
    program(`head -c ${50 * MEGABYTE} /dev/zero | tr '\\0' x; echo; echo done`),
  );
  const text = await running.readUntil('done');
  expect(text.length).toBe(50 * MEGABYTE + '\ndone\n'.length);
  expect((await running.result).stdout).toBe(text);
});

test('no character breaks where two pieces of a stream meet', async () => {
  const line = 'Grüße – 漢字 – 🦊\n';
  const running = await connection.start(
    program(`i=0; while [ $i -lt 20000 ]; do printf '%s' '${line}'; i=$((i+1)); done`),
  );
  expect((await running.result).stdout).toBe(line.repeat(20_000));
});

test('lines are read one after another, and the rest is followed', async () => {
  const running = await connection.start(
    program('echo a; echo mark; echo b; echo mark; read -r go; echo c; printf d'),
  );
  expect(await running.readUntil('mark')).toBe('a\nmark\n');
  expect(await running.readUntil('mark')).toBe('b\nmark\n');
  const lines: string[] = [];
  running.onLine((line) => lines.push(line));
  void running.write(Buffer.from('go\n'));
  expect((await running.result).stdout).toBe('a\nmark\nb\nmark\nc\nd');
  expect(lines).toEqual(['c', 'd']);
});

test('waiting for a line of a program that ends without it fails with the result', async () => {
  const running = await connection.start(program('echo sorry >&2; exit 7'));
  const refusal = await refusalOf(running.readUntil('ready'));
  expect(refusal).toBeInstanceOf(ProgramEnded);
  expect(refusal).toMatchObject({
    code: 'program-ended',
    message: 'try ended with exit code 7 before it printed "ready"',
    result: { exitCode: 7, stderr: 'sorry\n' },
  });
});

test('programs run at once and one after another on one connection', async () => {
  const together = await Promise.all(
    ['1', '2', '3', '4'].map(async (text) => {
      const running = await connection.start(program('echo running; read -r word; echo "$word"'));
      await running.readUntil('running');
      void running.write(Buffer.from(`${text}\n`));
      return (await running.result).stdout;
    }),
  );
  expect(together).toEqual(['running\n1\n', 'running\n2\n', 'running\n3\n', 'running\n4\n']);
  const later = await connection.start(program('echo 5'));
  expect((await later.result).stdout).toBe('5\n');
});

test('an abandoned program sees its streams close and has no exit code', async () => {
  const witness = `${server.folder}/abandoned`;
  const running = await connection.start(program(`echo running; cat >/dev/null; echo gone > '${witness}'`));
  await running.readUntil('running');
  running.abandon();
  expect(await running.result).toEqual({
    host: connection.name,
    step: 'try',
    stdout: 'running\n',
    stderr: '',
  });
  const wait = await connection.start(
    program(`until [ -s '${witness}' ]; do sleep 0.02; done; cat '${witness}'`),
  );
  expect((await wait.result).stdout).toBe('gone\n');
});

test('a program that outlives its time limit is given up, and the connection serves on', async () => {
  const running = await connection.start(program('echo running; sleep 60', 1));
  const waiting = refusalOf(running.readUntil('never'));
  expect(await refusalOf(running.result)).toMatchObject({
    code: 'timed-out',
    host: connection.name,
    step: 'try',
    message: `try on ${connection.name} did not end within 1 s and was given up`,
  });
  expect((await waiting).code).toBe('timed-out');
  const next = await connection.start(program('echo on'));
  expect((await next.result).stdout).toBe('on\n');
});

test('writing to a program that has ended is no error', async () => {
  const running = await connection.start(program('exit 0'));
  await running.result;
  void running.write(Buffer.from('late'));
  running.end();
  running.abandon();
  expect((await running.result).exitCode).toBe(0);
});
