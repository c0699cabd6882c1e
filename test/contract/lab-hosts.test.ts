// Lab hosts keep the contract of hosts, over real SSH: both back-ends of iptables, and the shells that `sh` may be.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { labDown } from '../../lib/lab/down';
import type { Lab } from '../../lib/lab/lab';
import type { HostFile } from '../../lib/lab/spec';
import { labUp } from '../../lib/lab/up';
import { hostContract } from './host-contract';
import type { ShellName } from './lab-subject';
import { LabSubject } from './lab-subject';

const KINDS: readonly {
  readonly host: string;
  readonly iptables: 'nft' | 'legacy';
  readonly shell: ShellName;
}[] = [
  { host: 'nft-dash', iptables: 'nft', shell: 'dash' },
  { host: 'legacy-dash', iptables: 'legacy', shell: 'dash' },
  { host: 'nft-bash', iptables: 'nft', shell: 'bash' },
  { host: 'legacy-busybox', iptables: 'legacy', shell: 'busybox' },
];

const folder = mkdtempSync(join(tmpdir(), 'gatewright-contract-'));
const hosts = Object.fromEntries(
  KINDS.map(({ host, iptables }): [string, HostFile] => [
    host,
    { kind: 'namespace', iptables, links: { eth0: { network: 'lan' } } },
  ]),
);
let lab: Promise<Lab> | undefined;
const labOnce = (): Promise<Lab> => (lab ??= labUp({ hosts }, join(folder, 'lab')));

afterAll(async () => {
  await labDown(join(folder, 'lab'));
  rmSync(folder, { recursive: true });
});

for (const { host, iptables, shell } of KINDS) {
  let subject: LabSubject | undefined;
  hostContract({
    name: `a lab host with iptables-${iptables} and ${shell}`,
    make: async () => (subject = await LabSubject.open(await labOnce(), host, shell)),
    close: () => subject?.close(),
    hasBuiltInTools: shell === 'busybox',
  });
}
