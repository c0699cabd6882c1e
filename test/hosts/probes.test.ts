// Probes on lab hosts over real SSH: commands in every `sh`, and servers as the host sees them.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProbes } from '../../lib/converge/probes/run-probes';
import type { HostFile } from '../../lib/lab/spec';
import type { Probe } from '../../lib/model/probe';
import type { SshConnection } from '../../lib/ssh/connection';
import type { ShellName } from '../contract/lab-subject';
import { connectTo, LabSubject } from '../contract/lab-subject';
import { labForFile } from '../e2e/fixtures/lab-for-file';

const KINDS: readonly (readonly [name: string, shell: ShellName, address: string])[] = [
  ['with-dash', 'dash', '192.0.2.11/24'],
  ['with-bash', 'bash', '192.0.2.12/24'],
  ['with-busybox', 'busybox', '192.0.2.13/24'],
];
const SERVER: HostFile = {
  kind: 'bare',
  links: { eth0: { network: 'lan', addresses: ['192.0.2.80/24'] } },
  serve: [{ port: 80, protocol: 'tcp' }],
};
const run = labForFile({
  hosts: {
    server: SERVER,
    ...Object.fromEntries(
      KINDS.map(([name, , address]): [string, HostFile] => [
        name,
        { kind: 'namespace', links: { eth0: { network: 'lan', addresses: [address] } } },
      ]),
    ),
  },
});

const NEVER = new AbortController().signal;

describe.each(KINDS)('on host %s', (name, shell) => {
  let subject: LabSubject;
  let connection: SshConnection;

  beforeAll(async () => {
    subject = await LabSubject.open(run.lab, name, shell);
    connection = await connectTo(run.lab, name);
  });

  afterAll(() => {
    connection.close();
    subject.close();
  });

  async function reasons(...probes: readonly Probe[]): Promise<readonly string[]> {
    const failures = await runProbes(probes, { connection, signal: NEVER, pauseMilliseconds: 50 });
    return failures.map(({ index, reason }) => `${index}: ${reason}`);
  }

  test.each<[string, readonly string[], readonly string[]]>([
    ['true', ['true'], []],
    ['a tool of /usr/sbin', ['iptables', '-V'], []],
    ['words that a shell would take apart', ['test', `a b;'"$HOME*`, '=', `a b;'"$HOME*`], []],
    ['an empty word', ['test', '-z', ''], []],
    ['an exit code', ['sh', '-c', 'exit 3'], ['0: exit code 3']],
    [
      'what it said, on both streams',
      ['sh', '-c', 'echo out; echo err >&2; exit 4'],
      ['0: exit code 4; it said last:\nout\nerr'],
    ],
    [
      'the last lines of many',
      ['sh', '-c', 'seq 1 5000; exit 5'],
      [`0: exit code 5; it said last:\n${Array.from({ length: 10 }, (_, n) => `${4991 + n}`).join('\n')}`],
    ],
  ])('a command: %s', async (_what, command, expected) => {
    expect(await reasons({ kind: 'command', command, timeoutSeconds: 1 })).toEqual(expected);
  });

  test.each([
    ['that does not exist', ['no-such-program'], 127],
    ["that is a shell's word", ['exit', '0'], 127],
    ['that is one of our functions', ['say', 'kept'], 127],
    ['that is no program', ['/etc/passwd'], 126],
  ])('a program %s is not tried again', async (_what, command, code) => {
    const probe: Probe = { kind: 'command', command, timeoutSeconds: 60 };
    const [failure] = await runProbes([probe], { connection, signal: NEVER });
    expect(failure?.tries).toBe(1);
    expect(failure?.reason).toContain(`it cannot be run, exit code ${code}`);
  });

  test('a command is run again until it passes', async () => {
    const file = `/tmp/${randomUUID()}`;
    const command = ['sh', '-c', `if [ -e ${file} ]; then exit 0; fi; touch ${file}; exit 1`];
    expect(await reasons({ kind: 'command', command, timeoutSeconds: 20 })).toEqual([]);
  });

  test('a command that does not end is ended, with all that it started, and leaves nothing behind', async () => {
    const seconds = `${40_000 + Math.trunc(Math.random() * 10_000)}.5`;
    const command = ['sh', '-c', `sleep ${seconds} & sleep ${seconds}`];
    expect(await reasons({ kind: 'command', command, timeoutSeconds: 1 })).toEqual([
      '0: no answer within 1 s',
    ]);
    await expect
      .poll(
        () =>
          subject.exec([
            'sh',
            '-c',
            `cat /proc/[0-9]*/cmdline | tr '\\0' '\\n' | grep -cx ${seconds} || true`,
          ]),
        {
          timeout: 10_000,
        },
      )
      .toBe('0\n');
    await expect.poll(() => subject.runFiles(), { timeout: 10_000 }).toEqual([]);
  });

  test('commands run in the order given', async () => {
    const file = `/tmp/${randomUUID()}`;
    const probes = ['one', 'two', 'three'].map((word): Probe => ({
      kind: 'command',
      command: ['sh', '-c', `echo ${word} >> ${file}`],
      timeoutSeconds: 9,
    }));
    expect(await reasons(...probes)).toEqual([]);
    expect(await subject.exec(['cat', file])).toBe('one\ntwo\nthree\n');
  });

  test('servers are seen from where the host is', async () => {
    const seen: readonly Probe[] = [
      { kind: 'tcp', address: '192.0.2.80', port: 80, from: 'host', timeoutSeconds: 5 },
      { kind: 'http', url: 'http://192.0.2.80/', from: 'host', timeoutSeconds: 5 },
      { kind: 'tcp', address: '192.0.2.80', port: 81, from: 'host', timeoutSeconds: 0.2 },
    ];
    expect(await reasons(...seen)).toEqual([
      `2: ${connection.name} did not connect to 192.0.2.80:81: Connection refused`,
    ]);
  });

  test('a packet that is dropped on the way is no answer in time', async () => {
    await subject.exec(['iptables', '-I', 'OUTPUT', '-p', 'tcp', '--dport', '82', '-j', 'DROP']);
    const dropped: Probe = {
      kind: 'tcp',
      address: '192.0.2.80',
      port: 82,
      from: 'host',
      timeoutSeconds: 0.5,
    };
    expect(await reasons(dropped)).toEqual(['0: no answer within 0.5 s']);
    await subject.exec(['iptables', '-D', 'OUTPUT', '-p', 'tcp', '--dport', '82', '-j', 'DROP']);
  });
});
