// The launcher, under programs that are named as Terraform is: which launch is served by a provider that stays, and which by its own.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { installProvider } from '../../lib/install/provider';
import { launchEnvironment, launcherIn } from '../bench/launch';
import { providerForFile } from './fixtures/provider-for-file';

const NOBODY = 65534;

const build = providerForFile('test/provider/empty-provider.ts').folder;
let installed = '';
let temporary = '';

beforeAll(() => {
  installed = mkdtempSync(join(tmpdir(), 'gatewright-launcher-'));
  installProvider(installed, { buildFolder: build });
});

afterAll(() => {
  rmSync(installed, { recursive: true });
});

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'gatewright-launches-'));
});

afterEach(() => {
  rmSync(temporary, { recursive: true });
});

describe('a launch under a Terraform whose run', () => {
  test.each([
    ['nobody has begun', ':', true],
    ['somebody else claims', `mkdir -m 700 "$run" && chown ${NOBODY} "$run"`, false],
    ['a link leads elsewhere', 'mkdir -m 700 "$run.elsewhere" && ln -s "$run.elsewhere" "$run"', false],
    ['has nobody listening yet', 'mkdir -m 700 "$run" && mkfifo "$run/launches"', false],
    [
      'was left by a killed provider',
      'mkdir -m 700 "$run" && mkfifo "$run/launches" && echo 4194304 >"$run/pid"',
      false,
    ],
  ] as const)('%s gets its handshake and is served', (_what, prepare, stays) => {
    const { stdout, stderr } = launchUnder('terraform', prepare);
    expect([stdout, stderr]).toEqual([expect.stringMatching(/^1\|6\|unix\|.*\n(stays\n)?$/), '']);
    expect(stdout.endsWith('stays\n')).toBe(stays);
  });

  test.each(['dash', 'bash', 'busybox'])(
    'has a launcher that is read by %s is served by one that stays',
    (shell) => {
      expect(launchUnder('terraform', ':', shell).stdout).toMatch(/^1\|6\|unix\|.*\nstays\n$/);
    },
  );

  test('cannot be told, since it is another program, is a provider of its own', () => {
    const { stdout } = launchUnder('harness', ':');
    expect(stdout).toMatch(/^1\|6\|unix\|.*\n$/);
  });

  test('can make no named pipes is a provider of its own', async () => {
    expect(launchUnder('terraform', withProgram('mkfifo')).stdout).toMatch(/^1\|6\|unix\|.*\n$/);
    await expect
      .poll(() => readdirSync(temporary).filter((name) => name.startsWith('gatewright-run-')))
      .toEqual([]);
  });

  test('cannot start node says so, and nothing stays', async () => {
    const { stdout, stderr } = launchUnder('terraform', withProgram('node'));
    expect([stdout, stderr]).toEqual(['', 'node does not run\n']);
    await expect
      .poll(() => readdirSync(temporary).filter((name) => name.startsWith('gatewright-')))
      .toEqual([]);
  });

  test('gives no certificate hears why it is not served', () => {
    const { stdout, stderr } = launchUnder('terraform', 'unset PLUGIN_CLIENT_CERT');
    expect([stdout, stderr]).toEqual(['', expect.stringContaining('unset TF_DISABLE_PLUGIN_TLS')]);
  });

  test('speaks another protocol hears why it is not served, and nothing stays', async () => {
    const { stdout, stderr } = launchUnder('terraform', 'export PLUGIN_PROTOCOL_VERSIONS=5');
    expect([stdout, stderr]).toEqual(['', expect.stringContaining('speaks plugin protocol 6')]);
    await expect.poll(() => readdirSync(temporary)).toEqual(['handshake', 'terraform']);
  });
});

/** Puts a program that fails in front of the real one. */
function withProgram(name: string): string {
  return `mkdir "$TMPDIR/bin"
printf '#!/bin/sh\\necho ${name} does not run >&2\\nexit 1\\n' >"$TMPDIR/bin/${name}"
chmod +x "$TMPDIR/bin/${name}"
PATH=$TMPDIR/bin:$PATH`;
}

/**
 * A program of that name which launches the provider as Terraform does, once `prepare` has been at `$run`, the folder of its run; it
 * prints the handshake, and `stays` if a provider does in that folder.
 */
function launchUnder(
  name: string,
  prepare: string,
  shell = '',
): { readonly stdout: string; readonly stderr: string } {
  const program = join(temporary, name);
  copyFileSync(realpathSync('/bin/sh'), program);
  const script = `launcher=$1
shell='${shell === 'busybox' ? 'busybox sh' : shell}'
read -r stat </proc/$$/stat
set -- \${stat##*) }
run=$TMPDIR/gatewright-run-$$-\${20}
${prepare}
$shell "$launcher" >"$TMPDIR/handshake" &
while [ ! -s "$TMPDIR/handshake" ] && kill -0 $! 2>/dev/null; do sleep 0.02; done
cat "$TMPDIR/handshake"
sleep 0.3
[ -p "$run/launches" ] && [ -s "$run/pid" ] && read -r stayer <"$run/pid" && kill -0 "$stayer" 2>/dev/null && echo stays`;
  return spawnSync(program, ['-c', script, name, launcherIn(installed)], {
    encoding: 'utf8',
    timeout: 20_000,
    env: { ...launchEnvironment(), TMPDIR: temporary },
  });
}
