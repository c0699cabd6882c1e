import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { printProgram, READY_LINE, SHELL_COMMAND, SUDO_COMMAND, SUDO_PROMPT } from '../../lib/ssh/shell-text';

/** Every kind of text that a cut could leave half open, with something that would show. */
const BODY = `>"$MARKS/begun"
if true; then >"$MARKS/if"; fi
cat >"$MARKS/here" <<E
}
gatewright; exit; }
E
case 'it'"s ( \\\`" in *s*) >"$MARKS/case" ;; esac
inner() { >"$MARKS/inner"; }
inner # a comment }
echo done`;

const MARKS_OF_ALL = ['begun', 'case', 'here', 'if', 'inner'];

interface Shell {
  readonly command: string;
  readonly words: readonly string[];
}

/** What `sh` is on the hosts that we know. */
const SHELLS: readonly Shell[] = [
  { command: 'dash', words: [] },
  { command: 'bash', words: [] },
  { command: 'bash', words: ['--posix'] },
  { command: 'busybox', words: ['sh'] },
];

const LOGIN_SHELLS = ['sh', 'dash', 'bash', 'zsh', 'mksh', 'ksh93', 'tcsh', 'bsd-csh', 'fish'];

let marks: string;

beforeAll(() => {
  marks = mkdtempSync(join(tmpdir(), 'gatewright-cut-'));
});

afterAll(() => {
  rmSync(marks, { recursive: true });
});

interface Run {
  readonly marks: readonly string[];
  readonly stdout: string;
  readonly status: number | null;
}

/** Runs the text on standard input and takes away the marks that it left. */
function run({ command, words }: Shell, text: string): Run {
  const { stdout, status } = spawnSync(command, words, {
    input: text,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], MARKS: marks },
    timeout: 5000,
  });
  const left = readdirSync(marks).sort();
  for (const mark of left) rmSync(join(marks, mark));
  return { marks: left, stdout, status };
}

describe.each(SHELLS)('a program in $command $words', (shell) => {
  const program = printProgram(BODY);

  test('runs when it is whole', () => {
    expect(run(shell, program)).toEqual({ marks: MARKS_OF_ALL, stdout: 'done\n', status: 0 });
  });

  test('runs nothing, not even a part, wherever it is cut', { timeout: 60_000 }, () => {
    const ran: string[] = [];
    // The last byte is the end of the last line: all that the program says has then arrived.
    for (let length = 0; length < program.length - 1; length++) {
      const { marks: left, stdout } = run(shell, program.slice(0, length));
      if (left.length > 0 || stdout !== '') ran.push(program.slice(0, length));
    }
    expect(ran).toEqual([]);
  });

  test('is the end of what the shell reads', () => {
    const { stdout, status } = run(shell, `${printProgram('echo mine; return 5')}echo never\n`);
    expect({ stdout, status }).toEqual({ stdout: 'mine\n', status: 5 });
  });
});

describe('the command that starts the shell', () => {
  test.each(LOGIN_SHELLS)('means the same to %s', (shell) => {
    const { stdout, stderr, status } = spawnSync(shell, ['-c', SHELL_COMMAND], {
      input: `${printProgram('echo out; echo err >&2; return 3')}echo never\n`,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: marks },
    });
    expect({ stdout, stderr, status }).toEqual({
      stdout: `\n${READY_LINE}\nout\n`,
      stderr: `\n${READY_LINE}\nerr\n`,
      status: 3,
    });
  });

  test('is constant text that no login shell reads anything into', () => {
    for (const command of [SHELL_COMMAND, SUDO_COMMAND]) expect(command).not.toMatch(/[$`!\\"%~*?#\n]/);
    expect(SUDO_COMMAND).toContain(`sudo -S -p '${SUDO_PROMPT}' sh -c`);
  });
});
