// Accounts with every login shell, each with noise in what it reads at its start: what our programs print and how they end is the same.
import { chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../lib/ssh/connect';
import { refusalOf } from './fixtures/refusal';
import { startSshServer, type SshServer } from './fixtures/ssh-server';

const PASSWORD = 'pass$word`id`%~';
const NOISE = "echo noise of the shell; sh -c 'printf noise-without-end >&2'\n";

/** A login shell and the file that it reads though it is asked for one command only. */
const SHELLS: readonly (readonly [shell: string, file: string | undefined])[] = [
  ['/usr/bin/dash', undefined],
  ['/usr/bin/bash', '.bashrc'],
  ['/usr/bin/zsh', '.zshenv'],
  ['/usr/bin/mksh', undefined],
  ['/usr/bin/ksh93', undefined],
  ['/usr/bin/tcsh', '.tcshrc'],
  ['/usr/bin/bsd-csh', '.cshrc'],
  ['/usr/bin/fish', '.config/fish/config.fish'],
];

let server: SshServer;

beforeAll(async () => {
  server = await startSshServer({
    users: [
      ...SHELLS.map(([shell]) => ({ name: userOf(shell), shell, password: PASSWORD })),
      { name: 'restricted', shell: '/usr/bin/rbash' },
    ],
    sudoers: `Defaults timestamp_timeout=0\n${SHELLS.map(([shell]) => `${userOf(shell)} ALL=(root) ALL`).join('\n')}`,
  });
  for (const [shell, file] of SHELLS) {
    // sshd itself runs this one, with sh.
    writeInHome(userOf(shell), '.ssh/rc', NOISE);
    if (file !== undefined) writeInHome(userOf(shell), file, NOISE);
  }
});

afterAll(async () => {
  await server.stop();
});

function userOf(shell: string): string {
  return `with-${shell.split('/').at(-1) ?? ''}`;
}

function writeInHome(user: string, file: string, text: string): void {
  const home = join(server.folder, `home-${user}`);
  const path = join(home, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  const { uid, gid } = statSync(home);
  for (let each = path; each !== home; each = dirname(each)) chownSync(each, uid, gid);
}

test.each(SHELLS)('%s with noise in %s runs a program as the user', async (shell) => {
  const user = userOf(shell);
  const connection = await connect({ ...server.settings, user, sudo: false }, server.environment);
  const body = 'echo running; id -un; IFS= read -r line; echo "$line"; echo err >&2; exit 3';
  const running = await connection.start({ step: 'ask', body, timeoutSeconds: 20 });
  await running.readUntil('running');
  void running.write(Buffer.from('$HOME `id` !! %~\n'));
  expect(await running.result).toMatchObject({
    exitCode: 3,
    stdout: `running\n${user}\n$HOME \`id\` !! %~\n`,
    stderr: 'err\n',
  });
  connection.close();
});

test.each(SHELLS)('%s with noise in %s runs it as root, by a password that shows nowhere', async (shell) => {
  const login = { ...server.settings, user: userOf(shell), sudoPassword: PASSWORD };
  const connection = await connect(login, server.environment);
  const body = 'id -un; tr "\\0" "\\n" < /proc/$$/environ >&2; cat /proc/[0-9]*/cmdline | tr "\\0" "\\n"';
  const running = await connection.start({ step: 'ask', body, timeoutSeconds: 20 });
  running.end();
  const { exitCode, stdout, stderr } = await running.result;
  expect([exitCode, stdout.split('\n')[0]]).toEqual([0, 'root']);
  expect(stdout).toContain('gatewright-sudo-password:');
  expect(stderr).toContain(`SUDO_USER=${userOf(shell)}`);
  expect(`${stdout}${stderr}`).not.toContain(PASSWORD);
  connection.close();
});

test('a restricted shell, which starts nothing in its place, is an error that quotes it', async () => {
  const connection = await connect(
    { ...server.settings, user: 'restricted', sudo: false },
    server.environment,
  );
  const running = await connection.start({ step: 'ask', body: 'echo never', timeoutSeconds: 20 });
  const refusal = await refusalOf(running.result);
  expect(refusal.code).toBe('shell-failed');
  expect(refusal.message).toMatch(/did not start sh \(exit code \d+\); the login said:\n.*restricted/);
  connection.close();
});
