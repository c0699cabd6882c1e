// The provider as a process: however it ends, nothing of it stays behind; what a killed one left, the next one removes.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installProvider } from '../../lib/install/provider';
import { firstPieceOf, launcherIn, launchEnvironment } from '../bench/launch';
import { providerForFile } from './fixtures/provider-for-file';

type Provider = ChildProcessByStdio<null, Readable, Readable>;

const build = providerForFile('test/provider/empty-provider.ts').folder;
let root = '';
let temporary = '';
const started: Provider[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gatewright-process-'));
  temporary = join(root, 'tmp');
  mkdirSync(temporary);
  installProvider(root, { buildFolder: build });
});

afterEach(() => {
  for (const provider of started.splice(0)) provider.kill('SIGKILL');
  rmSync(root, { recursive: true });
});

test('SIGTERM ends it, and its folder goes', async () => {
  const provider = start();
  await handshakeOf(provider);
  expect(readdirSync(temporary)).toHaveLength(1);
  provider.kill('SIGTERM');
  expect(await once(provider, 'exit')).toEqual([0, null]);
  expect(readdirSync(temporary)).toEqual([]);
});

test.each(['SIGINT', 'SIGHUP'] as const)(
  '%s to the whole terminal is for Terraform to heed: the provider serves on',
  async (signal) => {
    const provider = start();
    const socket = await handshakeOf(provider);
    provider.kill(signal);
    expect(await isListening(socket)).toBe(true);
    // Signals are handled in their order of arrival.
    provider.kill('SIGTERM');
    expect(await once(provider, 'exit')).toEqual([0, null]);
  },
);

test('a provider whose Terraform is gone before the handshake ends, and its folder goes', async () => {
  const provider = start();
  provider.stdout.destroy();
  let said = '';
  provider.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  expect(await once(provider, 'exit')).toEqual([0, null]);
  expect([readdirSync(temporary), said]).toEqual([[], '']);
});

test('the folder of a killed provider goes with the next start, that of a living one stays', async () => {
  const [living, killed] = [start(), start()];
  const [livingSocket, killedSocket] = [await handshakeOf(living), await handshakeOf(killed)];
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  expect(readdirSync(temporary)).toHaveLength(2);
  makeOld(livingSocket, killedSocket);
  const next = await handshakeOf(start());
  await expect.poll(() => readdirSync(temporary).sort()).toEqual([livingSocket, next].map(folderOf).sort());
  expect(await isListening(livingSocket)).toBe(true);
});

test('a folder that is new stays: its provider may be about to listen', async () => {
  const killed = start();
  const killedSocket = await handshakeOf(killed);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const next = start();
  const nextSocket = await handshakeOf(next);
  next.kill('SIGTERM');
  await once(next, 'exit');
  expect(readdirSync(temporary)).toEqual([folderOf(killedSocket)]);
  expect(nextSocket).not.toBe(killedSocket);
});

function start(): Provider {
  const provider = spawn(launcherIn(root), {
    env: { ...launchEnvironment(), TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(provider);
  return provider;
}

/** The path of its socket. */
async function handshakeOf(provider: Provider): Promise<string> {
  return (await firstPieceOf(provider.stdout)).split('|')[3] ?? '';
}

function folderOf(socketPath: string): string {
  return socketPath.split('/').at(-2) ?? '';
}

function makeOld(...sockets: readonly string[]): void {
  const yesterday = new Date(Date.now() - 24 * 3600 * 1000);
  for (const path of sockets) utimesSync(path, yesterday, yesterday);
}

async function isListening(path: string): Promise<boolean> {
  const socket = connect(path);
  const answer = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]);
  socket.destroy();
  return answer;
}
