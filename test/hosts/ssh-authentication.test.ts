import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../lib/ssh/connect';
import type { SshConnection, SshSettings } from '../../lib/ssh/connection';
import type { SshEnvironment } from '../../lib/ssh/environment';
import { refusalOf } from './fixtures/refusal';
import { startSshAgent, type SshAgent } from './fixtures/ssh-agent';
import { freePort, generateKey, startSshServer, type SshServer } from './fixtures/ssh-server';
import { listen } from './fixtures/listen';

const PASSWORD = 'correct horse, "battery" $(staple)';

let server: SshServer;
let home: SshEnvironment;
/** Holds the client's key and an encrypted copy of it. */
let agent: SshAgent;

beforeAll(async () => {
  server = await startSshServer({ users: [{ name: 'joe', password: PASSWORD }] });
  home = server.environment;
  generateKey(join(server.folder, 'stranger'));
  generateKey(join(server.folder, 'locked'), 'ed25519', 'a passphrase');
  agent = await startSshAgent(join(server.folder, 'agent'), [server.clientKeyPath]);
});

afterAll(async () => {
  agent.stop();
  await server.stop();
});

/** The server's settings with another way to log in. */
function loginBy(login: Partial<SshSettings>): SshSettings {
  const { address, port, user, hostKey } = server.settings;
  return { address, port, user, ...(hostKey === undefined ? {} : { hostKey }), ...login };
}

async function whoAmI(connection: SshConnection): Promise<string> {
  const program = await connection.start({ step: 'ask', body: 'id -un', timeoutSeconds: 10 });
  const { stdout } = await program.result;
  connection.close();
  return stdout.trim();
}

test.each([
  ['a key file', () => ({ privateKeyPath: server.clientKeyPath })],
  ['a key file under ~', () => ({ privateKeyPath: '~/client' })],
  ['the text of a key', () => ({ privateKey: readFileSync(server.clientKeyPath, 'utf8').trim() })],
  ['the text of a key with foreign line ends', () => ({ privateKey: crlf(server.clientKeyPath) })],
  ['a named agent', () => ({ agent: agent.socketPath })],
  ['a password', () => ({ user: 'joe', password: PASSWORD, sudo: false })],
  [
    'a password after a key that is refused',
    () => ({
      user: 'joe',
      sudo: false,
      privateKeyPath: join(server.folder, 'stranger'),
      password: PASSWORD,
    }),
  ],
] as const)('%s lets the user in', async (_name, login) => {
  const settings = loginBy(login());
  expect(await whoAmI(await connect(settings, home))).toBe(settings.user);
});

function crlf(path: string): string {
  return readFileSync(path, 'utf8').replaceAll('\n', '\r\n');
}

test('a host that takes passwords only as answers to a prompt gets its answer', async () => {
  const asking = await startSshServer({
    users: [{ name: 'joe', password: PASSWORD }],
    sshd: ['UsePAM yes', 'KbdInteractiveAuthentication yes', 'PasswordAuthentication no'],
  });
  const { address, port } = asking.settings;
  const settings = { address, port, user: 'joe', hostKey: asking.hostKey(), password: PASSWORD, sudo: false };
  expect(await whoAmI(await connect(settings, asking.environment))).toBe('joe');
  const refusal = await refusalOf(connect({ ...settings, password: 'wrong' }, asking.environment));
  expect(refusal.message).toContain(
    'tried: password, keyboard-interactive\nthe host accepts: publickey, keyboard-interactive',
  );
  await asking.stop();
});

test('without any credential given, the surrounding agent is asked', async () => {
  const connection = await connect(loginBy({}), { ...home, agentSocket: agent.socketPath });
  expect(await whoAmI(connection)).toBe('root');
});

test('without agent, the keys in ~/.ssh are tried in turn, and an agent that is gone does not matter', async () => {
  const homeFolder = mkdtempSync(join(server.folder, 'home-'));
  mkdirSync(join(homeFolder, '.ssh'));
  copyFileSync(join(server.folder, 'locked'), join(homeFolder, '.ssh', 'id_ed25519'));
  copyFileSync(join(server.folder, 'stranger'), join(homeFolder, '.ssh', 'id_ecdsa'));
  copyFileSync(server.clientKeyPath, join(homeFolder, '.ssh', 'id_rsa'));
  const environment = { ...home, homeFolder, agentSocket: join(homeFolder, 'no-agent') };
  expect(await whoAmI(await connect(loginBy({}), environment))).toBe('root');
});

test('a given key that is encrypted is left to the agent', async () => {
  const settings = loginBy({ privateKeyPath: join(server.folder, 'locked') });
  const connection = await connect(settings, { ...home, agentSocket: agent.socketPath });
  expect(await whoAmI(connection)).toBe('root');
});

test('an encrypted key without an agent is an error that names the key and the way out', async () => {
  const path = join(server.folder, 'locked');
  expect(await refusalOf(connect(loginBy({ privateKeyPath: path }), home))).toMatchObject({
    code: 'key-unreadable',
    message: `key ${path} (encrypted): an encrypted key needs an agent that holds it, and there is none`,
  });
});

test('a refused login says what was tried, what was left out and what the host accepts, never a secret', async () => {
  const environment = { ...home, agentSocket: join(home.homeFolder, 'no-agent') };
  const stranger = join(server.folder, 'stranger');
  const settings = loginBy({
    privateKeyPath: stranger,
    agent: environment.agentSocket,
    password: 'wrong secret',
  });
  const refusal = await refusalOf(connect(settings, environment));
  expect(refusal).toMatchObject({ code: 'authentication-failed', step: 'authenticate' });
  expect(refusal.message).toBe(
    [
      `root@127.0.0.1:${settings.port} refused to let root in`,
      `tried: key ${stranger}, agent ${environment.agentSocket} (Failed to connect to agent), password, keyboard-interactive (not accepted by the host)`,
      'the host accepts: publickey, password',
    ].join('\n'),
  );
  expect(JSON.stringify(refusal, Object.getOwnPropertyNames(refusal))).not.toContain('wrong secret');
});

test('a user whom the host does not know is refused', async () => {
  const refusal = await refusalOf(connect(loginBy({ user: 'nobody-here', password: 'x' }), home));
  expect(refusal.code).toBe('authentication-failed');
  expect(refusal.host).toBe(`nobody-here@127.0.0.1:${server.settings.port}`);
});

describe('where user certificates alone open the door', () => {
  let certified: SshServer;
  let login: SshSettings;

  beforeAll(async () => {
    certified = await startSshServer({ byCertificate: true });
    const { folder, clientKeyPath, settings } = certified;
    const sign = ['-q', '-s', join(folder, 'authority'), '-I', 'test', '-n', 'root', `${clientKeyPath}.pub`];
    execFileSync('ssh-keygen', sign);
    login = settings;
  });

  afterAll(async () => {
    await certified.stop();
  });

  test('ssh(1) gets in, so it is the certificate that is missing', () => {
    const { port, user } = login;
    const options = ['-F', 'none', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null'];
    const argv = [
      ...options,
      '-i',
      certified.clientKeyPath,
      '-p',
      String(port),
      `${user}@127.0.0.1`,
      'echo in',
    ];
    expect(execFileSync('ssh', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toBe('in\n');
  });

  test('a key with a certificate beside it is refused, and the error says what was left out', async () => {
    const refusal = await refusalOf(connect(login, certified.environment));
    expect(refusal.code).toBe('authentication-failed');
    expect(refusal.message).toContain(
      `left out: certificate ${certified.clientKeyPath}-cert.pub (user certificates are not supported)`,
    );
  });

  test('one that an agent holds is refused too, and the error says that it is not offered', async () => {
    const holder = await startSshAgent(join(certified.folder, 'holder'), [certified.clientKeyPath]);
    const { address, port, user, hostKey = '' } = login;
    const settings = { address, port, user, hostKey, agent: holder.socketPath };
    const refusal = await refusalOf(connect(settings, certified.environment));
    holder.stop();
    expect(refusal.code).toBe('authentication-failed');
    expect(refusal.fix).toContain('user certificates are not supported, also not those of an agent');
  });
});

test('an agent with more keys than the host cares to see is named as the trouble', async () => {
  const keys = Array.from({ length: 7 }, (_, index) => join(server.folder, `many-${index}`));
  for (const key of keys) generateKey(key);
  const crowded = await startSshAgent(join(server.folder, 'crowded'), keys);
  const refusal = await refusalOf(connect(loginBy({ agent: crowded.socketPath }), home));
  crowded.stop();
  expect(refusal.code).toBe('authentication-failed');
  expect(refusal.message).toContain('Too many authentication failures');
  expect(refusal.fix).toContain('set private_key_path and leave agent out');
});

test('a port where nobody listens is unreachable', async () => {
  const port = await freePort();
  expect(await refusalOf(connect(loginBy({ ...keyed(), port }), home))).toMatchObject({
    code: 'unreachable',
    step: 'connect',
    message: `root@127.0.0.1:${port} cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}`,
  });
});

test('a host name that does not resolve is unreachable', async () => {
  const refusal = await refusalOf(connect(loginBy({ ...keyed(), address: 'no-such-host.invalid' }), home));
  expect(refusal.code).toBe('unreachable');
});

test.each([
  ['says nothing', '', 'timed-out', 'did not finish an SSH handshake within 1 s'],
  ['speaks another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'unreachable', 'cannot be reached'],
])('a server that %s is told apart', async (_name, greeting, code, text) => {
  const [other, port] = await greet(greeting);
  const refusal = await refusalOf(connect(loginBy({ ...keyed(), port, connectTimeoutSeconds: 1 }), home));
  other.close();
  expect(refusal.code).toBe(code);
  expect(refusal.message).toContain(text);
});

function keyed(): Partial<SshSettings> {
  return { privateKeyPath: server.clientKeyPath };
}

async function greet(greeting: string): Promise<[Server, number]> {
  const other = createServer((socket) => {
    socket.on('error', () => undefined);
    if (greeting !== '') socket.end(greeting);
  });
  return [other, await listen(other)];
}
