// Probes against servers on 127.0.0.1: from the client by a connection of this process, from the host by one that stands for its sshd.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createWebServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type Server, createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { longestProbing, runProbes } from '../../../lib/converge/probes/run-probes';
import type { Probe, ProbeSide } from '../../../lib/model/probe';
import type { SshConnection } from '../../../lib/ssh/connection';
import { SshError } from '../../../lib/ssh/errors';
import { listen as listenOnFreePort } from '../../hosts/fixtures/listen';

const NEVER = new AbortController().signal;
const SIDES: readonly ProbeSide[] = ['host', 'client'];
/** Nobody listens there, and no connection begins there: one to a free port of the ephemeral range may meet itself. */
const CLOSED_PORT = 1;
const endings: (() => unknown)[] = [];

afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** Forwards as a host on this machine would, and counts what is still open. */
function host(): SshConnection & { readonly open: Set<unknown> } {
  const open = new Set<unknown>();
  return {
    open,
    name: 'root@gw:22',
    isOpen: true,
    start: () => Promise.reject(lost()),
    close: () => undefined,
    forward: async (address, port) => {
      const socket = createConnection({ host: address, port });
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      await once(socket, 'connect').catch(() => {
        throw new SshError('forward-refused', 'root@gw:22', 'forward', 'no way: Connection refused');
      });
      return socket;
    },
  };
}

function lost(): SshError {
  return new SshError('connection-lost', 'root@gw:22', 'probe', 'the connection to root@gw:22 was lost');
}

function listen(server: Server): Promise<number> {
  endings.push(() => server.close());
  return listenOnFreePort(server);
}

/** Answers with these statuses, one after another, the last again and again. */
async function web(...statuses: readonly number[]): Promise<string> {
  const left = [...statuses];
  const server = createWebServer((_request, response) => {
    response.statusCode = (left.length > 1 ? left.shift() : left[0]) ?? 200;
    response.end('body');
  });
  return `http://127.0.0.1:${await listen(server)}/`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

function tcp(port: number, from: ProbeSide, timeoutSeconds = 5): Probe {
  return { kind: 'tcp', address: '127.0.0.1', port, from, timeoutSeconds };
}

function http(url: string, from: ProbeSide, more: { status?: number; timeoutSeconds?: number } = {}): Probe {
  return { kind: 'http', url, from, timeoutSeconds: 5, ...more };
}

async function reasons(probes: readonly Probe[], signal = NEVER): Promise<readonly string[]> {
  const connection = host();
  const failures = await runProbes(probes, { connection, signal, pauseMilliseconds: 20 });
  await expect.poll(() => connection.open.size).toBe(0);
  return failures.map(({ index, reason }) => `${index}: ${reason}`);
}

test('nothing fails where nothing is to be probed', async () => {
  expect(await reasons([])).toEqual([]);
});

test.each(SIDES)('from the %s, a port that takes connections passes', async (from) => {
  expect(await reasons([tcp(await listen(createServer()), from)])).toEqual([]);
});

test.each([
  ['host', 'no way: Connection refused'],
  ['client', 'refused'],
] as const)('from the %s, a closed port is refused until the time is over', async (from, reason) => {
  const around = { connection: host(), signal: NEVER, pauseMilliseconds: 20 };
  const [failure] = await runProbes([tcp(CLOSED_PORT, from, 0.3)], around);
  expect(failure).toMatchObject({ index: 0, reason });
  expect(failure?.tries).toBeGreaterThan(1);
});

test.each(SIDES)('from the %s, a server that comes up in time passes', async (from) => {
  const port = await freePort();
  const server = createServer();
  const probing = reasons([tcp(port, from)]);
  setTimeout(() => server.listen(port, '127.0.0.1'), 100);
  endings.push(() => server.close());
  expect(await probing).toEqual([]);
});

test.each<[string, readonly number[], number | undefined, readonly string[]]>([
  ['200', [200], undefined, []],
  ['a redirection', [302], undefined, []],
  ['404', [404], undefined, ['0: status 404, not 200 to 399']],
  ['404 that is wanted', [404], 404, []],
  ['200 where 204 is wanted', [200], 204, ['0: status 200, not 204']],
  ['503 and then 200', [503, 200], undefined, []],
])('a web server that answers %s', async (_name, statuses, status, expected) => {
  const wanted = status === undefined ? {} : { status };
  for (const from of SIDES) {
    const url = await web(...statuses);
    expect(
      await reasons([http(url, from, { ...wanted, timeoutSeconds: expected.length === 0 ? 5 : 0.3 })]),
    ).toEqual(expected);
  }
});

test.each(SIDES)(
  'from the %s, a server that takes the connection and says nothing is given up',
  async (from) => {
    const port = await listen(createServer());
    const begun = performance.now();
    expect(await reasons([http(`http://127.0.0.1:${port}`, from, { timeoutSeconds: 0.3 })])).toEqual([
      '0: no answer within 0.3 s',
    ]);
    expect(performance.now() - begun).toBeLessThan(2000);
  },
);

test.each([
  ['closes at once', '', 'the connection was closed without an answer'],
  ['speaks another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'the answer is not HTTP'],
  ['ends in mid-line', 'HTTP/1.1 2', 'the connection was closed without an answer'],
])('a server that %s is no web server', async (_name, said, reason) => {
  const port = await listen(createServer((socket) => socket.end(said)));
  expect(await reasons([http(`http://127.0.0.1:${port}`, 'client', { timeoutSeconds: 0.3 })])).toEqual([
    `0: ${reason}`,
  ]);
});

test.each(SIDES)('from the %s, a certificate that nobody vouches for is told', async (from) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatewright-probe-'));
  endings.push(() => {
    rmSync(folder, { recursive: true });
  });
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-subj',
    '/CN=gw',
  ];
  execFileSync('openssl', [...request, '-keyout', key ?? '', '-out', cert ?? ''], { stdio: 'ignore' });
  const server = createSecureServer({ key: readFileSync(key ?? ''), cert: readFileSync(cert ?? '') });
  const port = await listen(server);
  expect(await reasons([http(`https://127.0.0.1:${port}`, from, { timeoutSeconds: 0.3 })])).toEqual([
    '0: self-signed certificate',
  ]);
});

test('all probes run at once, and those that fail are told in order', async () => {
  const begun = performance.now();
  const silent = await listen(createServer());
  const probes = [
    http(`http://127.0.0.1:${silent}`, 'host', { timeoutSeconds: 0.4 }),
    http(await web(200), 'client'),
    tcp(CLOSED_PORT, 'client', 0.4),
  ];
  expect(await reasons(probes)).toEqual(['0: no answer within 0.4 s', '2: refused']);
  expect(performance.now() - begun).toBeLessThan(2000);
});

test('an interruption ends them at once', async () => {
  const stop = new AbortController();
  const port = await listen(createServer());
  setTimeout(() => {
    stop.abort();
  }, 50);
  const begun = performance.now();
  expect(await reasons([http(`http://127.0.0.1:${port}`, 'host'), tcp(port, 'host')], stop.signal)).toEqual([
    '0: interrupted',
  ]);
  expect(performance.now() - begun).toBeLessThan(2000);
});

test('after an interruption nothing is tried', async () => {
  expect(await reasons([tcp(await listen(createServer()), 'host')], AbortSignal.abort())).toEqual([
    '0: interrupted',
  ]);
});

test.each([
  ['command', { kind: 'command', command: ['true'], timeoutSeconds: 5 }],
  ['tcp', tcp(1, 'host')],
] as const)(
  'a lost connection is the end of a probe of kind %s, and is not tried again',
  async (_kind, probe) => {
    const connection = { ...host(), forward: () => Promise.reject(lost()) };
    expect(await runProbes([probe], { connection, signal: NEVER })).toEqual([
      { index: 0, probe, reason: 'the connection to root@gw:22 was lost', tries: 1 },
    ]);
  },
);

test.each<[string, readonly Probe[], number]>([
  ['none', [], 0],
  ['checks, which run at once', [tcp(1, 'host', 7), tcp(1, 'host', 3)], 7],
  [
    'commands, which run one after another',
    [
      { kind: 'command', command: ['true'], timeoutSeconds: 4 },
      { kind: 'command', command: ['true'], timeoutSeconds: 5 },
      tcp(1, 'host', 7),
    ],
    9,
  ],
])('says how long probes take at most: %s', (_name, probes, seconds) => {
  expect(longestProbing(probes)).toBe(seconds);
});
