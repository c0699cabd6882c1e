// scripts/setup.js in a small clone of its own, with an npm and a build that only note that they ran.
import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

// Writes what a real `npm ci` writes last, and takes its time, so that two at once would meet.
const NPM = `#!/bin/sh
echo "npm $*" >>ran
sleep 0.1
mkdir -p node_modules
cp package-lock.json node_modules/.package-lock.json
`;
const BUILD = `
const fs = require('node:fs');
fs.appendFileSync('ran', 'build\\n');
fs.mkdirSync('dist', { recursive: true });
fs.writeFileSync('dist/built-from', '');
`;

let clone: string;

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'gatewright-setup-'));
  for (const folder of ['scripts', 'lib', 'bin']) mkdirSync(join(clone, folder));
  copyFileSync(join(__dirname, '../../scripts/setup.js'), join(clone, 'scripts/setup.js'));
  writeFileSync(join(clone, 'scripts/build.js'), BUILD);
  writeFileSync(join(clone, 'lib/index.ts'), '');
  writeLock('1.0.0');
  writeFileSync(join(clone, 'bin/npm'), NPM);
  chmodSync(join(clone, 'bin/npm'), 0o755);
});

afterEach(() => {
  rmSync(clone, { recursive: true });
});

function writeLock(version: string): void {
  const packages = {
    '': {},
    'node_modules/a': { version },
    'node_modules/other-machine': { version, optional: true },
  };
  writeFileSync(join(clone, 'package-lock.json'), JSON.stringify({ packages }));
}

interface SetupRun {
  readonly code: number;
  readonly said: string[];
}

function setUp(): Promise<SetupRun> {
  const env = { ...process.env, PATH: `${join(clone, 'bin')}:${process.env['PATH'] ?? ''}` };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(clone, 'scripts/setup.js')],
      { env, cwd: clone },
      (error, _stdout, stderr) => {
        const code = error === null ? 0 : Number(error.code);
        resolve({ code, said: stderr.split('\n').filter((line) => line !== '') });
      },
    );
  });
}

function ran(): string[] {
  return readFileSync(join(clone, 'ran'), 'utf8').trim().split('\n');
}

test('a fresh clone is installed without install scripts, then built; after that there is nothing to do or say', async () => {
  expect(await setUp()).toEqual({
    code: 0,
    said: ['setup: installing npm packages: node_modules is not there', 'setup: building: dist is not there'],
  });
  expect(ran()).toEqual(['npm ci --ignore-scripts --no-audit --no-fund --loglevel=error', 'build']);
  expect(await setUp()).toEqual({ code: 0, said: [] });
  expect(ran()).toHaveLength(2);
});

test('two commands typed at once set up once', async () => {
  const runs = await Promise.all([setUp(), setUp(), setUp()]);
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(ran()).toHaveLength(2);
});

test('a new lock file leads to an installation that says in what it differs', async () => {
  await setUp();
  writeLock('1.0.1');
  const { said } = await setUp();
  expect(said[0]).toMatch(
    /^setup: installing npm packages: node_modules differs from package-lock.json in \d packages/,
  );
  expect(ran().filter((line) => line.startsWith('npm'))).toHaveLength(2);
});

test('an optional package for another kind of machine is not missed', async () => {
  await setUp();
  const packages = { 'node_modules/a': { version: '1.0.0' } };
  writeFileSync(join(clone, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
  expect(await setUp()).toEqual({ code: 0, said: [] });
});

test.each([
  ['a changed source', 'lib/index.ts', 'lib/index.ts'],
  ['a new source', 'lib/new.ts', 'lib'],
])('%s is built', async (_name, path, named) => {
  await setUp();
  writeFileSync(join(clone, path), 'changed');
  const soon = new Date(Date.now() + 2000);
  utimesSync(join(clone, named), soon, soon);
  expect((await setUp()).said).toEqual([`setup: building: ${named} is newer than dist`]);
});

test('a build or an installation that fails ends the command and says so', async () => {
  writeFileSync(join(clone, 'bin/npm'), '#!/bin/sh\nexit 3\n');
  const { code, said } = await setUp();
  expect(code).toBe(1);
  expect(said.at(-1)).toMatch(/^setup: `npm ci .*` failed, see above$/);
});
