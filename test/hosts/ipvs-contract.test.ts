// A lab host with a kernel of its own keeps the contract about IPVS, over real SSH; and that kernel judges our lines.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { remoteHost } from '../../lib/converge/remote-host';
import { SUBSYSTEM_SHELL } from '../../lib/converge/shell/subsystem-shell';
import type { SshConnection } from '../../lib/ssh/connection';
import { parseIpvsSave } from '../../lib/syntax/ipvs/saved';
import type { IpvsSubject } from '../contract/ipvs-contract';
import { ipvsContract } from '../contract/ipvs-contract';
import { connectTo } from '../contract/lab-subject';
import { question } from '../contract/transactions';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { readLineCases } from '../syntax/line-cases';

const run = labForFile({
  hosts: { director: { kind: 'kernel', links: { eth0: { network: 'lan' } } } },
});

const CLEAN = `
rm -rf /var/lib/gatewright /run/gatewright
iptables -t nat -F
[ ! -e /proc/net/ip_vs ] || ipvsadm -C
`;

let connection: SshConnection | undefined;

const subject: IpvsSubject = {
  get host() {
    if (connection === undefined) throw new Error('not connected yet');
    return remoteHost(connection);
  },
  async hand(text) {
    await exec(['ipvsadm', '-R'], text);
  },
  async reset() {
    await exec(['sh', '-c', CLEAN]);
  },
};

beforeAll(async () => {
  connection = await connectTo(run.lab, 'director');
});
afterAll(() => connection?.close());

test('a host that has not loaded IPVS has no servers, and a reading does not load it', async () => {
  const { sections } = await subject.host.read(question({ reads: ['ipvs'] }));
  expect(sections.get('ipvs')).toBe('');
  expect(await exec(['sh', '-c', 'ls /sys/module'])).not.toMatch(/^ip_vs$/m);
});

ipvsContract(() => subject);

describe('the kernel', () => {
  const accepted = readLineCases('test/cases/ipvs/accepted.lines');

  test('holds what we say that a line declares', async () => {
    await subject.reset();
    const script = accepted.map(({ given, printed: [printed = ''] }) => {
      const server = serverBehind(printed);
      return [
        'ipvsadm -C',
        ...(server === undefined ? [] : [`ipvsadm -A ${server}`]),
        given,
        // Thresholds stand in another listing, which costs two more programs.
        printed.includes(' -x ') ? 'ipvs_lines' : 'ipvsadm -Sn',
        'echo',
      ].join('\n');
    });
    const held = await exec(['sh', '-fec', `work=/tmp\n${SUBSYSTEM_SHELL}\n${script.join('\n')}`]);
    const last = held
      .trimEnd()
      .split('\n\n')
      .map((saved) => parseIpvsSave(saved).at(-1)?.line);
    expect(last.map((line) => [line])).toEqual(accepted.map(({ printed }) => printed));
  });
});

/** The virtual server that a real server needs. */
function serverBehind(line: string): string | undefined {
  const server = /^ipvsadm -a (\S+ \S+(?: -6)?) -r/.exec(line)?.[1];
  return server?.endsWith(':0') === true ? `${server} -p` : server;
}

async function exec(argv: readonly string[], stdin?: string): Promise<string> {
  const { exitCode, stdout, stderr } = await run.lab.exec(
    'director',
    argv,
    stdin === undefined ? {} : { stdin },
  );
  if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ${stderr}${stdout}`);
  return stdout;
}
