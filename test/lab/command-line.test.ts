// The arguments of `npm run lab`, what its help teaches, and the exit codes of what needs no lab.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { labProgram, printStatus, runLab } from '../../lib/cli/lab';

let folder: string;
let out: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatewright-cli-'));
  out = '';
  const write = (chunk: unknown): boolean => {
    out += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(write);
  vi.spyOn(process.stderr, 'write').mockImplementation(write);
  const print = (line: unknown): void => void write(`${String(line)}\n`);
  vi.spyOn(console, 'log').mockImplementation(print);
  vi.spyOn(console, 'error').mockImplementation(print);
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

test.each([
  ['no command', [], 2, 'Usage: lab'],
  ['an unknown command', ['upp', 'x.json'], 2, "unknown command 'upp'"],
  ['no file', ['up'], 2, "missing required argument 'file'"],
  ['too many arguments', ['down', 'x'], 2, 'too many arguments'],
  ['no program to run', ['exec', 'gw'], 2, "missing required argument 'command'"],
  ['help', ['--help'], 0, 'Throw-away hosts to try things on'],
  ['help of a command', ['up', '--help'], 0, '"kind": "namespace"'],
] as const)('%s: exit code and text', async (_name, argv, code, text) => {
  expect(await runLab(argv)).toBe(code);
  expect(out).toContain(text);
});

test('help fits 100 columns', async () => {
  for (const argv of [['--help'], ['up', '--help'], ['exec', '--help']]) await runLab(argv);
  expect(out.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

test.each([
  ['status', ['status'], 1, 'no lab is up in'],
  ['exec', ['exec', 'gw', '--', 'true'], 1, 'no lab is up in'],
  ['ssh', ['ssh', 'gw'], 1, 'to do: npm run lab -- up FILE.json'],
  ['down', ['down'], 0, 'nothing to take down in'],
] as const)('%s where no lab is up', async (_name, argv, code, text) => {
  expect(await runLab(['--dir', join(folder, 'lab'), ...argv])).toBe(code);
  expect(out).toContain(text);
});

test('a bad lab file is told in full before anything is made', async () => {
  const file = join(folder, 'file.json');
  writeFileSync(file, JSON.stringify({ hosts: { a: { kind: 'vm', links: {}, serve: 1 } } }));
  expect(await runLab(['--dir', join(folder, 'lab'), 'up', file])).toBe(1);
  expect(out).toContain('hosts.a.kind: not accepted, got "vm"');
  expect(out).toContain('hosts.a.serve: must be a list, got 1');
  expect(out).toContain('to do: correct the lab file');
});

test('every command has a line of help', () => {
  const commands = labProgram(() => undefined).commands.map((command) => [
    command.name(),
    command.description(),
  ]);
  expect(commands.map(([name]) => name)).toEqual([
    ...['up', 'down', 'status', 'exec', 'ssh', 'unplug', 'plug'],
    ...['reboot', 'power-cut'],
  ]);
  expect(commands.filter(([, description]) => description === '')).toEqual([]);
});

test('status is a table', () => {
  const ssh = {
    address: '127.0.0.1',
    port: 40001,
    user: 'root',
    privateKeyPath: '/k',
    hostKey: 'k',
  } as const;
  expect(
    printStatus([
      {
        name: 'gw',
        host: { kind: 'namespace', ...ssh },
        isUp: true,
        links: [
          { device: 'eth0', isUp: false, addresses: ['10.0.0.1/24'] },
          { device: 'cni0', isUp: true, addresses: [] },
        ],
      },
      { name: 'client', host: { kind: 'bare' }, isUp: false, links: [] },
    ]),
  ).toEqual([
    'HOST    KIND       STATE  SSH              ADDRESSES',
    'gw      namespace  up     127.0.0.1:40001  eth0 (down) 10.0.0.1/24, cni0',
    'client  bare       ended  -',
  ]);
});
