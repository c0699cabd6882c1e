// Lab hosts keep the contract about sets, over real SSH: both back-ends of iptables, and the shells that `sh` may be.
import { afterAll, beforeAll, describe } from 'vitest';
import type { HostFile } from '../../lib/lab/spec';
import type { IpsetSubject } from '../contract/ipset-contract';
import { ipsetContract } from '../contract/ipset-contract';
import type { ShellName } from '../contract/lab-subject';
import { LabSubject } from '../contract/lab-subject';
import { labForFile } from '../e2e/fixtures/lab-for-file';

const links = { eth0: { network: 'lan' } };
const KINDS: readonly (readonly [name: string, shell: ShellName, host: HostFile])[] = [
  ['nft-dash', 'dash', { kind: 'namespace', iptables: 'nft', links }],
  ['legacy-bash', 'bash', { kind: 'namespace', iptables: 'legacy', links }],
  ['nft-busybox', 'busybox', { kind: 'namespace', iptables: 'nft', links }],
];
const run = labForFile({ hosts: Object.fromEntries(KINDS.map(([name, , host]) => [name, host])) });

describe.each(KINDS)('on host %s', (name, shell) => {
  let lab: LabSubject | undefined;
  beforeAll(async () => {
    lab = await LabSubject.open(run.lab, name, shell);
  });
  afterAll(() => lab?.close());
  const opened = (): LabSubject => lab ?? refuse();

  const subject: IpsetSubject = {
    get host() {
      return opened().host;
    },
    async hand(text) {
      await opened().exec(['ipset', 'restore'], text);
    },
    async reset() {
      await opened().reset();
      await opened().exec(['sh', '-ec', 'ipset flush; ipset destroy']);
    },
  };
  ipsetContract(() => subject);
});

function refuse(): never {
  throw new Error('not connected yet');
}
