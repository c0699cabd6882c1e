// Runs lines of ip in a network namespace that lives as long as one command, by the shell functions that a host gets, and reads them back.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SUBSYSTEM_SHELL } from '../../lib/converge/shell/subsystem-shell';

/** Devices with addresses by which the gateways of the cases can be reached. There is no dummy in this machine's kernel, and no link-local address comes late. */
const STAGE = `
ip link set lo up
for pair in v0:v1 enp0s5:eth0; do
  ip link add "\${pair%:*}" type veth peer name "\${pair#*:}"
  for name in "\${pair%:*}" "\${pair#*:}"; do
    ip link set "$name" addrgenmode none
    ip link set "$name" up
  done
done
ip addr add 10.0.0.254/24 dev v0
ip addr add 192.168.1.254/24 dev eth0
ip -6 addr add 2001:db8::ff/64 nodad dev v0
`;

/** The shells that hosts have as their sh. */
export const SHELLS = ['dash', 'bash', 'busybox'] as const;
export type Shell = (typeof SHELLS)[number];

export interface ShellRun {
  /** What the program left in files of its folder, by name. */
  readonly file: (name: string) => string;
  readonly stdout: string;
  readonly exitCode: number | null;
}

/** Runs a program with the functions of lib/converge/shell/ip.ts on the stage above; `files` lie in its folder. */
export function runInNamespace(
  program: string,
  files: Readonly<Record<string, string>> = {},
  shell: Shell = 'dash',
): ShellRun {
  const work = mkdtempSync(join(tmpdir(), 'gatewright-ip-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(work, name), text);
    writeFileSync(
      join(work, 'program'),
      `work=$1; cd "$work" || exit 66\n${SUBSYSTEM_SHELL}${STAGE}${program}`,
    );
    const command = shell === 'busybox' ? ['busybox', 'sh'] : [shell];
    const { stdout, status } = spawnSync('unshare', ['-n', ...command, join(work, 'program'), work], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    const texts = new Map<string, string>();
    const left = spawnSync('ls', [work], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
    for (const name of left) texts.set(name, readFileSync(join(work, name), 'utf8'));
    return { file: (name) => texts.get(name) ?? '', stdout, exitCode: status };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
