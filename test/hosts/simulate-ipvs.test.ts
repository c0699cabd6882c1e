// IPVS on a real kernel, with real connections through it: what becomes of them is what the simulator says may become of them, all of it.
import { describe, expect, test } from 'vitest';
import { walkFromDevice, walkFromHost } from '../../lib/simulate/journey';
import type { Outcome } from '../../lib/simulate/outcomes';
import { sureOutcomesOf } from '../../lib/simulate/outcomes';
import { NO_DEVICE } from '../../lib/simulate/packet';
import { printAddresses } from '../../lib/simulate/print-trace';
import { toSurroundings } from '../../lib/simulate/surroundings';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { packetOf } from '../simulate/packets';

const SERVER = { routes: ['default via 10.9.2.1'], serve: [{ port: 80, protocol: 'tcp' as const }] };

const run = labForFile({
  hosts: {
    director: {
      kind: 'kernel',
      links: {
        eth0: { network: 'clients', addresses: ['10.9.1.1/24'] },
        eth1: { network: 'servers', addresses: ['10.9.2.1/24'] },
      },
      // Each refusal is told, however many there were before.
      sysctls: { 'net.ipv4.ip_forward': 1, 'net.ipv4.icmp_ratelimit': 0 },
    },
    client: { kind: 'bare', links: { eth0: { network: 'clients', addresses: ['10.9.1.2/24'] } } },
    web1: { kind: 'bare', links: { eth0: { network: 'servers', addresses: ['10.9.2.11/24'] } }, ...SERVER },
    web2: { kind: 'bare', links: { eth0: { network: 'servers', addresses: ['10.9.2.12/24'] } }, ...SERVER },
  },
});

const ADDRESSES = [
  { network: '10.9.1.1/24', device: 'eth0' },
  { network: '10.9.2.1/24', device: 'eth1' },
];
const NAMES: Readonly<Record<string, string>> = { '10.9.2.11': 'web1', '10.9.2.12': 'web2' };
const SOURCES = { client: '10.9.1.2', director: '10.9.1.1' } as const;
const REQUESTS = 3;

const RR = '-A -t 10.9.1.1:8080 -s rr';
const WEB1 = '-a -t 10.9.1.1:8080 -r 10.9.2.11:80 -m -w 1';
const WEB2 = '-a -t 10.9.1.1:8080 -r 10.9.2.12:80 -m -w 1';
const BOTH = [RR, WEB1, WEB2];
const MASQUERADE = '-t nat -A POSTROUTING -m ipvs --vaddr 10.9.1.1 --vport 8080 --vmethod MASQ -j MASQUERADE';

interface Case {
  readonly servers: readonly string[];
  readonly rules?: readonly string[];
  readonly isTracked?: boolean;
}

async function onDirector(script: string, stdin = ''): Promise<string> {
  const { exitCode, stdout, stderr } = await run.lab.exec('director', ['sh', '-ec', script], { stdin });
  if (exitCode !== 0) throw new Error(`${script}: ${stderr}${stdout}`);
  return stdout;
}

interface Loaded {
  readonly rules: string;
  readonly servers: string;
}

/** As the tools then print it. */
async function load({ servers, rules = [], isTracked = true }: Case): Promise<Loaded> {
  const script = [
    'modprobe ip_vs; ipvsadm -C; for t in mangle nat filter; do iptables -t $t -F; done',
    `echo ${isTracked ? 1 : 0} > /proc/sys/net/ipv4/vs/conntrack`,
    'ipvsadm -R',
    ...rules.map((rule) => `iptables ${rule}`),
    'iptables-save; echo ====; ipvsadm -Sn',
  ];
  const [saved = '', listed = ''] = (
    await onDirector(script.join('\n'), servers.map((line) => `${line}\n`).join(''))
  ).split('====\n');
  return { rules: saved, servers: listed };
}

/** What may become of a request, in the words of `requests`. */
function foretold(from: keyof typeof SOURCES, { rules, servers }: Loaded, isIpvsTracked = true): string[] {
  const surroundings = toSurroundings({
    rules: { ipv4: rules },
    virtualServers: servers,
    addresses: ADDRESSES,
    routes: [],
    isIpvsTracked,
  });
  const text = `tcp ${SOURCES[from]}:40000 -> 10.9.1.1:8080`;
  const trace =
    from === 'client'
      ? walkFromDevice(packetOf(text), surroundings)
      : walkFromHost(packetOf(text, { inDevice: NO_DEVICE }), surroundings);
  return [...new Set(sureOutcomesOf(trace).map(told))].sort();
}

function told({ disposition, packet }: Outcome): string {
  if (disposition !== 'forwarded' && disposition !== 'sent') return disposition;
  const [to, from] = [packet.destination, packet.source].map((each) => printAddresses(each, packet.family));
  return `${NAMES[to ?? ''] ?? to} ${from}`;
}

/** What became of each: who answered and which source it saw, `rejected` or `dropped`. */
async function requests(from: keyof typeof SOURCES): Promise<string[]> {
  const loop = `i=0; while [ $i -lt ${REQUESTS} ]; do curl -s --max-time 1 http://10.9.1.1:8080/ || echo "failed $?"; i=$((i+1)); done`;
  const { stdout } = await run.lab.exec(from, ['sh', '-c', loop]);
  const lines = stdout.split('\n').filter((line) => line !== '');
  const words: Readonly<Record<string, string>> = { 'failed 7': 'rejected', 'failed 28': 'dropped' };
  return [...new Set(lines.map((line) => words[line] ?? line))].sort();
}

describe.each(['client', 'director'] as const)('from the %s', (from) => {
  test.each<[string, Case]>([
    ['two real servers', { servers: BOTH }],
    ['one of them quiescent', { servers: [RR, WEB1, WEB2.replace('-w 1', '-w 0')] }],
    ['no real server', { servers: [RR] }],
    ['all quiescent', { servers: [RR, WEB1.replace('-w 1', '-w 0')] }],
    ['fail-over', { servers: [RR.replace('rr', 'fo'), WEB1, WEB2.replace('-w 1', '-w 2')] }],
    [
      'a drop in INPUT',
      { servers: BOTH, rules: ['-A INPUT -p tcp --dport 8080 -m conntrack --ctstate NEW -j DROP'] },
    ],
    ['a drop of one real server in OUTPUT', { servers: BOTH, rules: ['-A OUTPUT -d 10.9.2.11 -j DROP'] }],
    [
      'a drop of the virtual server in OUTPUT',
      { servers: BOTH, rules: ['-A OUTPUT -d 10.9.1.1 -p tcp --dport 8080 -j DROP'] },
    ],
    ['a drop of what IPVS balances', { servers: BOTH, rules: ['-A OUTPUT -m ipvs --vport 8080 -j DROP'] }],
    ['a drop of what another balances', { servers: BOTH, rules: ['-A OUTPUT -m ipvs --vport 8081 -j DROP'] }],
    [
      'a rule for what no IPVS touched',
      {
        servers: [],
        rules: [
          '-A INPUT -m ipvs ! --vport 1 -j DROP',
          '-A INPUT -p tcp --dport 8080 -j REJECT --reject-with tcp-reset',
        ],
      },
    ],
    ['masquerading', { servers: BOTH, rules: [MASQUERADE] }],
    ['masquerading without vs.conntrack', { servers: BOTH, rules: [MASQUERADE], isTracked: false }],
    [
      'a state that is not tracked any more',
      {
        servers: BOTH,
        rules: ['-A OUTPUT -d 10.9.2.11 -m conntrack --ctstate UNTRACKED -j DROP'],
        isTracked: false,
      },
    ],
    [
      'DNAT in OUTPUT',
      {
        servers: [RR, WEB1],
        rules: ['-t nat -A OUTPUT -p tcp --dport 8080 -j DNAT --to-destination 10.9.2.12:80'],
      },
    ],
    [
      'a firewall mark',
      {
        servers: [RR, WEB1, '-A -f 7 -s rr', '-a -f 7 -r 10.9.2.12:80 -m -w 1'],
        rules: ['PREROUTING', 'OUTPUT'].map(
          (chain) => `-t mangle -A ${chain} -p tcp --dport 8080 -j MARK --set-mark 7`,
        ),
      },
    ],
  ])('%s', async (_name, given) => {
    const loaded = await load(given);
    expect(await requests(from)).toEqual(foretold(from, loaded, given.isTracked));
  });
});
