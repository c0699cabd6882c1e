import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../lib/ssh/connect';
import type { BastionSettings, SshSettings } from '../../lib/ssh/connection';
import { refusalOf } from './fixtures/refusal';
import { freePort, signalAll, startSshServer, type SshServer } from './fixtures/ssh-server';

let bastion: SshServer;
let server: SshServer;

beforeAll(async () => {
  [bastion, server] = await Promise.all([startSshServer({ users: [{ name: 'jump' }] }), startSshServer()]);
});

afterAll(async () => {
  await Promise.all([bastion.stop(), server.stop()]);
});

function throughBastion(changes: Partial<BastionSettings> = {}): SshSettings {
  const { address, port } = bastion.settings;
  return {
    ...server.settings,
    bastion: {
      address,
      port,
      user: 'jump',
      privateKeyPath: bastion.clientKeyPath,
      hostKey: bastion.hostKey(),
      ...changes,
    },
  };
}

function bastionName(): string {
  return `jump@127.0.0.1:${bastion.settings.port}`;
}

test('a host behind a bastion is reached with user and key of its own', async () => {
  const connection = await connect(throughBastion(), server.environment);
  const running = await connection.start({ step: 'ask', body: 'id -un; echo "$HOME"', timeoutSeconds: 10 });
  expect((await running.result).stdout).toBe(`root\n${server.folder}/home-root\n`);
  expect(bastion.sessionPids()).not.toEqual([]);
  connection.close();
});

test('fifty megabytes pass the bastion whole', async () => {
  const connection = await connect(throughBastion(), server.environment);
  const running = await connection.start({
    step: 'ask',
    body: `head -c ${50 * 1024 * 1024} /dev/zero | tr '\\0' x`,
    timeoutSeconds: 60,
  });
  const { stdout } = await running.result;
  expect([stdout.length, /^x+$/.test(stdout)]).toEqual([50 * 1024 * 1024, true]);
  connection.close();
});

test('a bastion with another key is refused before anything is asked of the host', async () => {
  const refusal = await refusalOf(connect(throughBastion({ hostKey: server.hostKey() }), server.environment));
  expect(refusal).toMatchObject({ code: 'host-key-changed', host: bastionName() });
  expect(server.sessionPids()).toEqual([]);
});

test("a host's own key is checked behind the bastion too, and the scan to run starts there", async () => {
  const { hostKey, ...unknown } = throughBastion();
  expect(hostKey).toBeDefined();
  const refusal = await refusalOf(connect(unknown, server.environment));
  expect(refusal).toMatchObject({
    code: 'host-key-unknown',
    host: `root@127.0.0.1:${server.settings.port}`,
  });
  expect(refusal.fix).toContain(
    `ssh 'ssh://${bastionName()}' "ssh-keyscan -p ${server.settings.port} '127.0.0.1'"`,
  );
});

test('a bastion that lets nobody in is named', async () => {
  const refusal = await refusalOf(connect(throughBastion({ user: 'nobody-here' }), server.environment));
  expect(refusal.code).toBe('authentication-failed');
  expect(refusal.message).toContain('refused to let nobody-here in');
});

test('a host that the bastion cannot reach is unreachable through it', async () => {
  const port = await freePort();
  const refusal = await refusalOf(connect({ ...throughBastion(), port }, server.environment));
  expect(refusal).toMatchObject({ code: 'unreachable', host: `root@127.0.0.1:${port}` });
  expect(refusal.message).toContain(`cannot be reached through ${bastionName()}`);
});

test('a bastion that dies takes the programs behind it along', async () => {
  const connection = await connect(throughBastion(), server.environment);
  const running = await connection.start({
    step: 'apply',
    body: 'echo running; sleep 60',
    timeoutSeconds: 30,
  });
  await running.readUntil('running');
  signalAll(bastion.sessionPids(), 'SIGKILL');
  expect((await refusalOf(running.result)).code).toBe('connection-lost');
  connection.close();
});
