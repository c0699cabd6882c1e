// Readings that would lie, in the shells that `sh` may be: root without the power to read, and a full disk that cuts what tools write.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shellFunctions } from '../../lib/converge/shell/functions';
import { proveProgram, readProgram, transactProgram } from '../../lib/converge/shell/programs';
import { SUBSYSTEM_SHELL } from '../../lib/converge/shell/subsystem-shell';

const NONCE = 'abc123';
const SHELLS: readonly (readonly [string, readonly string[]])[] = [
  ['dash', ['dash']],
  ['bash', ['bash', '--posix']],
  ['busybox', ['busybox', 'sh']],
];
let work: string;

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'gatewright-lie-'));
  for (const name of ['ip.shown', 'ipset.saved']) symlinkSync('/dev/full', join(work, name));
});

afterAll(() => {
  rmSync(work, { recursive: true });
});

/** In a network namespace of its own. */
function runIn(argv: readonly string[], program: string): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync('unshare', ['-n', ...argv], {
    input: program,
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status, stdout };
}

describe.each(SHELLS)('with %s as sh', (_name, shell) => {
  test.each([
    ['reading', readProgram(NONCE, 1)],
    ['proof', proveProgram(NONCE)],
    ['transaction', transactProgram(NONCE, 1)],
  ])('a %s refuses root without CAP_NET_ADMIN before it asks for anything', (_verb, program) => {
    const denied = ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin'];
    expect(runIn([...denied, ...shell, '-s'], program)).toEqual({
      status: 64,
      stdout: `@@${NONCE} refuse denied CAP_NET_ADMIN\n`,
    });
  });

  test('root with CAP_NET_ADMIN alone is enough', () => {
    const root = ['setpriv', '--bounding-set=-all,+net_admin', '--inh-caps=-all'];
    const program = `${shellFunctions(NONCE)}\nrequire_root\nsay reached\n`;
    expect(runIn([...root, ...shell, '-s'], program).stdout).toBe(`@@${NONCE} reached\n`);
  });

  test.each(['read_ip', 'fingerprint_ip', 'fingerprint_ipset'])(
    '%s fails where what a tool writes is cut by a full disk',
    (command) => {
      const set = 'ip link set lo up\nipset create S hash:ip\n';
      const program = `${shellFunctions(NONCE)}${SUBSYSTEM_SHELL}\nwork='${work}'\n${set}${command} > /dev/null\nsay "code $?"\n`;
      expect(runIn([...shell, '-s'], program).stdout).toBe(`@@${NONCE} code 1\n`);
    },
  );
});
