// A client opens one connection after another to a VIP, through a rule that asks a set, while everything behind it is changed: none fails.
import { beforeAll, expect, test } from 'vitest';
import { printAnswers } from '../../lib/cli/demo/requests';
import { hostBlock, providerBlock } from './fixtures/hcl';
import { labForFile } from './fixtures/lab-for-file';
import { onHost } from './fixtures/observed-host';
import { shownLines } from './fixtures/shown-lines';
import { type SteadyRequests, startSteadyRequests } from './fixtures/steady-requests';
import { TerraformFolder } from './fixtures/terraform-folder';

const VIP = '182.16.100.101:8888';

const scene = labForFile({
  hosts: {
    gateway: {
      kind: 'kernel',
      links: {
        enp0s5: { network: 'outside' },
        enp0s6: { network: 'servers', addresses: ['172.16.100.13/24'] },
      },
    },
    ...Object.fromEntries(
      [5, 6, 7].map((number) => [
        `web${number}`,
        {
          kind: 'bare',
          links: { eth0: { network: 'servers', addresses: [`172.16.100.${number}/24`] } },
          serve: [{ port: 80, protocol: 'tcp' }],
        } as const,
      ]),
    ),
    client: { kind: 'bare', links: { eth0: { network: 'outside', addresses: ['182.16.100.102/24'] } } },
  },
});

/** What of the gateway's configuration is edited, as lines. */
interface Edited {
  readonly set: readonly string[];
  readonly virtualServer: readonly string[];
}

const MEMBERS = ['182.16.100.102', '192.0.2.1', '192.0.2.2'];
const FIRST: Edited = {
  set: ['ipset create CLIENTS hash:net', ...MEMBERS.map((address) => `ipset add CLIENTS ${address}`)],
  virtualServer: [`ipvsadm -A -t ${VIP} -s rr`, realServer(5, 1), realServer(6, 1)],
};

function realServer(number: number, weight: number): string {
  return `ipvsadm -a -t ${VIP} -r 172.16.100.${number}:80 -m -w ${weight}`;
}

/** Who is not in the set is refused at once. */
function configuration({ set, virtualServer }: Edited): string {
  const parts = {
    '10-host': 'sysctl net.ipv4.ip_forward=1\nsysctl net.ipv4.vs.conntrack=1\n',
    '20-clients': `${set.join('\n')}\n`,
    '30-guard': [
      'iptables -N GW-GUARD',
      'iptables -A GW-GUARD -m set --match-set CLIENTS src -j RETURN',
      'iptables -A GW-GUARD -p tcp -j REJECT --reject-with tcp-reset',
      'iptables -I INPUT -i enp0s5 -p tcp --dport 8888 -m conntrack --ctstate NEW -j GW-GUARD',
      '',
    ].join('\n'),
    '40-vip': [
      'ip addr add 182.16.100.101/24 dev enp0s5',
      ...virtualServer,
      'iptables -t nat -I POSTROUTING -m ipvs --vaddr 182.16.100.101 --vport 8888 -j MASQUERADE',
      '',
    ].join('\n'),
  };
  const attributes = { drain_timeout_seconds: '10' };
  return providerBlock(scene.lab) + hostBlock(scene.lab, { name: 'gateway', parts, attributes });
}

let folder: TerraformFolder;
let steady: SteadyRequests;

beforeAll(async () => {
  folder = await TerraformFolder.make(scene.folder('hcl'), configuration(FIRST));
  await folder.apply();
  steady = await startSteadyRequests(scene.lab, { from: 'client', to: VIP });
});

const [CREATE = '', ...ADD] = FIRST.set;
const SHARES: Edited = {
  set: [`${CREATE} maxelem 131072`, ...ADD],
  virtualServer: [`ipvsadm -A -t ${VIP} -s wrr`, realServer(5, 3), realServer(6, 1)],
};
const MANY = Array.from(
  { length: 500 },
  (_, index) => `ipset add CLIENTS 198.51.${index >> 8}.${index & 255}`,
);
const REPLACED: Edited = {
  set: ['ipset create CLIENTS hash:ip', ...ADD, ...MANY],
  virtualServer: [`ipvsadm -A -t ${VIP} -s wrr`, realServer(5, 3), realServer(7, 1)],
};

test.each([
  ['another scheduler with other weights, and a set made anew with other options', SHARES, 6],
  [
    'a real server that is drained for another, and a set of another type with hundreds of members',
    REPLACED,
    504,
  ],
])('%s: applied while connections are opened', async (_title, edited, count) => {
  folder.write(configuration(edited));
  expect(shownLines(await folder.apply())).toHaveLength(count);
});

test('none of them failed, and every real server had its part', async () => {
  const answers = await steady.stop();
  expect(answers.failed, printAnswers(answers)).toBe(0);
  expect([...answers.byServer.keys()].sort()).toEqual(['web5', 'web6', 'web7']);
  expect([...answers.sources]).toEqual(['172.16.100.13']);
  expect(answers.sent).toBeGreaterThan(100);
});

test('a client that is in no set would have been refused', async () => {
  await onHost(scene.lab, 'gateway', 'ipset', 'del', 'CLIENTS', '182.16.100.102');
  const { exitCode } = await scene.lab.exec('client', ['curl', '-s', '--max-time', '10', `http://${VIP}/`]);
  // 7: curl was refused.
  expect(exitCode).toBe(7);
});
