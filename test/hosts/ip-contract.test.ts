// Lab hosts keep the contract about links, addresses, routes and rules, over real SSH.
import { afterAll, beforeAll } from 'vitest';
import { remoteHost } from '../../lib/converge/remote-host';
import type { SshConnection } from '../../lib/ssh/connection';
import type { IpSubject } from '../contract/ip-contract';
import { ipContract } from '../contract/ip-contract';
import { connectTo } from '../contract/lab-subject';
import { labForFile } from '../e2e/fixtures/lab-for-file';

const run = labForFile({
  hosts: {
    edge: {
      kind: 'namespace',
      links: { eth0: { network: 'lan', addresses: ['192.0.2.6/24'] }, eth1: { network: 'back' } },
    },
  },
});

/** As it was when it came up. */
const CLEAN = `
rm -rf /var/lib/gatewright /run/gatewright
iptables -t nat -F
for family in 4 6; do
  ip -$family rule flush
  ip -$family rule add pref 32766 lookup main
  ip -$family route flush proto boot table all
done
ip -4 rule add pref 32767 lookup default
ip addr flush dev eth0 scope global
ip addr flush dev eth1 scope global
ip addr add 192.0.2.6/24 dev eth0
`;

let connection: SshConnection | undefined;

const subject: IpSubject = {
  get host() {
    if (connection === undefined) throw new Error('not connected yet');
    return remoteHost(connection);
  },
  async hand(...lines) {
    for (const line of lines) await exec(['ip', ...line.split(' ')]);
  },
  async reset() {
    await exec(['sh', '-c', CLEAN]);
  },
};

beforeAll(async () => {
  connection = await connectTo(run.lab, 'edge');
});
afterAll(() => connection?.close());

ipContract(() => subject);

async function exec(argv: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await run.lab.exec('edge', argv);
  if (exitCode !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
}
