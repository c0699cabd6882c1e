import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../lib/ssh/connect';
import type { CommandResult, SshConnection, SshSettings } from '../../lib/ssh/connection';
import { refusalOf } from './fixtures/refusal';
import { startSshServer, type SshServer } from './fixtures/ssh-server';

const PASSWORD = 'echo "leaked"; $(id) `id`';

const USERS = ['free', 'asked', 'remembered', 'once', 'stranger', 'terminal', 'piped'];

let server: SshServer;

beforeAll(async () => {
  server = await startSshServer({
    users: USERS.map((name) => ({ name, password: PASSWORD })),
    sudoers: [
      'Defaults timestamp_timeout=0',
      'Defaults lecture=always',
      'Defaults:remembered timestamp_timeout=5, timestamp_type=global',
      'Defaults:once passwd_tries=1',
      'Defaults:terminal requiretty',
      'Defaults:piped use_pty',
      'free, terminal, piped ALL=(root) NOPASSWD: ALL',
      'asked, remembered, once ALL=(root) ALL',
    ].join('\n'),
  });
});

afterAll(async () => {
  await server.stop();
});

function open(user: string, changes: Partial<SshSettings> = {}): Promise<SshConnection> {
  return connect({ ...server.settings, user, ...changes }, server.environment);
}

async function run(connection: SshConnection, body: string): Promise<CommandResult> {
  const running = await connection.start({ step: 'ask', body, timeoutSeconds: 20 });
  return running.result;
}

test('without a password in the way, the program runs as root', async () => {
  const connection = await open('free');
  expect(await run(connection, 'id -un; echo err >&2; exit 4')).toMatchObject({
    exitCode: 4,
    stdout: 'root\n',
    stderr: 'err\n',
  });
  connection.close();
});

test('a password that sudo asks for is given once, and neither it nor the prompt nor the lecture shows', async () => {
  const connection = await open('asked', { sudoPassword: PASSWORD });
  for (const round of ['first', 'second']) {
    expect(await run(connection, `id -un; echo ${round} >&2`)).toMatchObject({
      exitCode: 0,
      stdout: 'root\n',
      stderr: `${round}\n`,
    });
  }
  connection.close();
});

test('programs that start at once each get the password', async () => {
  const connection = await open('asked', { sudoPassword: PASSWORD });
  const results = await Promise.all(['1', '2', '3'].map((text) => run(connection, `id -un; echo ${text}`)));
  expect(results.map(({ stdout }) => stdout)).toEqual(['root\n1\n', 'root\n2\n', 'root\n3\n']);
  connection.close();
});

test('a password that sudo remembers is not sent, so that no shell ever reads it', async () => {
  const connection = await open('remembered', { sudoPassword: PASSWORD });
  const body = 'id -un; echo running; cat';
  for (const round of ['first', 'second']) {
    const running = await connection.start({ step: 'ask', body, timeoutSeconds: 20 });
    await running.readUntil('running');
    void running.write(Buffer.from(`${round}\n`));
    running.end();
    expect(await running.result).toMatchObject({ stdout: `root\nrunning\n${round}\n`, stderr: '' });
  }
  connection.close();
});

test('twenty megabytes pass sudo unchanged, also where it uses a terminal of its own', async () => {
  const bulk = randomBytes(20 * 1024 * 1024);
  const digest = createHash('sha256').update(bulk).digest('hex');
  for (const user of ['free', 'piped']) {
    const connection = await open(user);
    const body = `echo running; head -c ${bulk.length} | sha256sum`;
    const running = await connection.start({ step: 'ask', body, timeoutSeconds: 60 });
    await running.readUntil('running');
    void running.write(bulk);
    expect(await running.result).toMatchObject({ exitCode: 0, stdout: `running\n${digest}  -\n` });
    connection.close();
  }
});

test('root without sudo, and a user who wants none, run as they are', async () => {
  const connection = await open('stranger', { sudo: false });
  expect((await run(connection, 'id -un')).stdout).toBe('stranger\n');
  connection.close();
  const root = await open('root', { sudo: true });
  expect((await run(root, 'echo "$SUDO_USER"')).stdout).toBe('root\n');
  root.close();
});

test.each([
  [
    'asks for a password and none is given',
    'asked',
    {},
    /sudo asks for a password and none is given$/,
    /sudo_password \(or GATEWRIGHT_SUDO_PASSWORD\)/,
  ],
  [
    'refuses the password',
    'asked',
    { sudoPassword: 'wrong' },
    /sudo refused the password$/,
    /correct sudo_password/,
  ],
  [
    'gives only one try',
    'once',
    { sudoPassword: 'wrong' },
    /did not start a root shell \(exit code 1\); it said:\n[^]*1 incorrect password attempt$/,
    /run sh as root/,
  ],
  [
    'does not know the user',
    'stranger',
    { sudoPassword: PASSWORD },
    /stranger is not in the sudoers file/,
    /run sh as root/,
  ],
  ['wants a terminal', 'terminal', {}, /you must have a tty to run sudo/, /no requiretty/],
  [
    'cannot take two lines',
    'asked',
    { sudoPassword: 'a\nid' },
    /sudo_password must be one line/,
    /line breaks/,
  ],
] as const)('a sudo that %s is an error that says what to do', async (_name, user, changes, message, fix) => {
  const attempt = open(user, changes).then(async (connection) => {
    try {
      return await run(connection, 'id -un');
    } finally {
      connection.close();
    }
  });
  const refusal = await refusalOf(attempt);
  expect(refusal.code).toBe('sudo-failed');
  expect(refusal.message).toMatch(message);
  expect(refusal.fix).toMatch(fix);
  expect(refusal.message).not.toMatch(/gatewright-sudo-password|leaked|wrong/);
});

test('a host without sudo is an error that says so', async () => {
  const bare = await startSshServer({ users: [{ name: 'joe' }], sshd: ['SetEnv PATH=/nonexistent'] });
  const connection = await connect({ ...bare.settings, user: 'joe' }, bare.environment);
  const refusal = await refusalOf(run(connection, 'id -un'));
  expect(refusal.code).toBe('sudo-failed');
  expect(refusal.message).toMatch(/sudo cannot be run \(exit code 127\); it said:\n.*sudo: not found$/);
  expect(refusal.fix).toBe('install sudo on the host, or log in as root');
  connection.close();
  await bare.stop();
});
