// kube-proxy's own rules, word for word as it hands them to iptables-restore: what the kernel saves of them is what we lay out with its prefix.
import { expect, test } from 'vitest';
import { chainNames } from '../../lib/services/chain-names';
import { layOut } from '../../lib/services/lay-out';
import { printRule } from '../../lib/syntax/iptables-rule';
import { toHostedServices } from '../services/kube-proxy-case';
import type { KubeProxyCase } from '../services/kube-proxy-case';
import { byChain, loadAndSaveRaw, TOOLS } from './namespace-tables';

const PORT = { name: 'p80', port: 80, protocol: 'TCP' };

/** All kinds at once: every policy, both refusals, source ranges with the host in them, affinity, three protocols. */
const GIVEN: KubeProxyCase = {
  description: 'all kinds of rules',
  config: {
    localDetector: { type: 'clusterCIDR', cidr: '10.0.0.0/8' },
    masqueradeAll: false,
    masqueradeMark: 0x4000,
    nodeAddresses: ['192.0.2.1'],
    localhostNodePorts: true,
  },
  services: [
    {
      namespace: 'ns1',
      name: 'svc1',
      clusterIP: '172.30.0.41',
      externalIPs: ['198.51.100.9'],
      loadBalancerIPs: ['1.2.3.4'],
      loadBalancerSourceRanges: ['203.0.113.0/25', '192.0.2.0/24'],
      healthCheckNodePort: 30_000,
      externalTrafficPolicy: 'Local',
      affinityTimeoutSeconds: 10_800,
      ports: [{ ...PORT, nodePort: 3001 }],
    },
    {
      namespace: 'ns2',
      name: 'svc2',
      clusterIP: '172.30.0.42',
      externalIPs: ['198.51.100.9'],
      loadBalancerIPs: ['1.2.3.5'],
      ports: [{ name: '', port: 53, protocol: 'UDP', nodePort: 3002 }],
    },
    {
      namespace: 'ns3',
      name: 'svc3',
      clusterIP: '172.30.0.43',
      ports: [{ ...PORT, protocol: 'SCTP', nodePort: 3003 }],
    },
    {
      namespace: 'ns4',
      name: 'svc4',
      clusterIP: '172.30.0.44',
      internalTrafficPolicy: 'Local',
      externalTrafficPolicy: 'Local',
      ports: [{ ...PORT, nodePort: 3004 }],
    },
  ],
  endpoints: [
    {
      service: 'ns1/svc1',
      addresses: [
        { ip: '10.180.0.1', nodeLocal: false },
        { ip: '10.180.2.1', nodeLocal: true },
      ],
      ports: [{ ...PORT, port: 8080 }],
    },
    {
      service: 'ns3/svc3',
      addresses: ['10.180.0.1', '10.180.0.2', '10.180.0.3'].map((ip) => ({ ip, nodeLocal: false })),
      ports: [{ ...PORT, protocol: 'SCTP', port: 80 }],
    },
    {
      service: 'ns4/svc4',
      addresses: [{ ip: '10.180.0.4', nodeLocal: false }],
      ports: [PORT],
    },
  ],
};

/** `TABLE CHAIN WORDS`; `^` before the chain: put at its head. `{SVC1}` stands for the chain of svc1, `{SEP1 10.0.0.1:80}` for that of an endpoint. */
const RAW = `
filter ^INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
filter ^FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
filter ^INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS
filter ^FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
filter ^OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
filter ^FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
filter ^INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
filter ^OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
filter ^FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL
filter ^INPUT -j KUBE-FIREWALL
filter ^OUTPUT -j KUBE-FIREWALL
filter KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
filter KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
filter KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x00004000/0x00004000 -j ACCEPT
filter KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
filter KUBE-NODEPORTS -m comment --comment "ns1/svc1:p80 health check node port" -m tcp -p tcp --dport 30000 -j ACCEPT
filter KUBE-PROXY-FIREWALL -m comment --comment "ns1/svc1:p80 traffic not accepted by {FW1}" -m tcp -p tcp -d 1.2.3.4 --dport 80 -j DROP
filter KUBE-SERVICES -m comment --comment "ns2/svc2 has no endpoints" -m udp -p udp -d 172.30.0.42 --dport 53 -j REJECT
filter KUBE-SERVICES -m comment --comment "ns4/svc4:p80 has no local endpoints" -m tcp -p tcp -d 172.30.0.44 --dport 80 -j DROP
filter KUBE-EXTERNAL-SERVICES -m comment --comment "ns2/svc2 has no endpoints" -m udp -p udp -d 198.51.100.9 --dport 53 -j REJECT
filter KUBE-EXTERNAL-SERVICES -m comment --comment "ns2/svc2 has no endpoints" -m udp -p udp -d 1.2.3.5 --dport 53 -j REJECT
filter KUBE-EXTERNAL-SERVICES -m comment --comment "ns2/svc2 has no endpoints" -m addrtype --dst-type LOCAL -m udp -p udp --dport 3002 -j REJECT
filter KUBE-EXTERNAL-SERVICES -m comment --comment "ns4/svc4:p80 has no local endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 3004 -j DROP
nat ^OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
nat ^PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
nat ^POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
nat KUBE-POSTROUTING -m mark ! --mark 0x00004000/0x00004000 -j RETURN
nat KUBE-POSTROUTING -j MARK --xor-mark 0x00004000
nat KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
nat KUBE-MARK-MASQ -j MARK --or-mark 0x00004000
nat KUBE-SERVICES -m comment --comment "ns1/svc1:p80 cluster IP" -m tcp -p tcp -d 172.30.0.41 --dport 80 -j {SVC1}
nat KUBE-SERVICES -m comment --comment "ns1/svc1:p80 external IP" -m tcp -p tcp -d 198.51.100.9 --dport 80 -j {EXT1}
nat KUBE-SERVICES -m comment --comment "ns1/svc1:p80 loadbalancer IP" -m tcp -p tcp -d 1.2.3.4 --dport 80 -j {FW1}
nat KUBE-SERVICES -m comment --comment "ns3/svc3:p80 cluster IP" -m sctp -p sctp -d 172.30.0.43 --dport 80 -j {SVC3}
nat KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
nat KUBE-NODEPORTS -m comment --comment ns1/svc1:p80 -m tcp -p tcp --dport 3001 -j {EXT1}
nat KUBE-NODEPORTS -m comment --comment ns3/svc3:p80 -m sctp -p sctp --dport 3003 -j {EXT3}
nat KUBE-NODEPORTS -m comment --comment ns4/svc4:p80 -m tcp -p tcp --dport 3004 -j {EXT4}
nat {SVC1} -m comment --comment "ns1/svc1:p80 cluster IP" -m tcp -p tcp -d 172.30.0.41 --dport 80 ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ
nat {SVC1} -m comment --comment "ns1/svc1:p80 -> 10.180.0.1:8080" -m recent --name {SEP1 10.180.0.1:8080} --rcheck --seconds 10800 --reap -j {SEP1 10.180.0.1:8080}
nat {SVC1} -m comment --comment "ns1/svc1:p80 -> 10.180.2.1:8080" -m recent --name {SEP1 10.180.2.1:8080} --rcheck --seconds 10800 --reap -j {SEP1 10.180.2.1:8080}
nat {SVC1} -m comment --comment "ns1/svc1:p80 -> 10.180.0.1:8080" -m statistic --mode random --probability 0.5000000000 -j {SEP1 10.180.0.1:8080}
nat {SVC1} -m comment --comment "ns1/svc1:p80 -> 10.180.2.1:8080" -j {SEP1 10.180.2.1:8080}
nat {SVL1} -m comment --comment "ns1/svc1:p80 -> 10.180.2.1:8080" -m recent --name {SEP1 10.180.2.1:8080} --rcheck --seconds 10800 --reap -j {SEP1 10.180.2.1:8080}
nat {SVL1} -m comment --comment "ns1/svc1:p80 -> 10.180.2.1:8080" -j {SEP1 10.180.2.1:8080}
nat {EXT1} -m comment --comment "pod traffic for ns1/svc1:p80 external destinations" -s 10.0.0.0/8 -j {SVC1}
nat {EXT1} -m comment --comment "masquerade LOCAL traffic for ns1/svc1:p80 external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
nat {EXT1} -m comment --comment "route LOCAL traffic for ns1/svc1:p80 external destinations" -m addrtype --src-type LOCAL -j {SVC1}
nat {EXT1} -j {SVL1}
nat {FW1} -m comment --comment "ns1/svc1:p80 loadbalancer IP" -s 203.0.113.0/25 -j {EXT1}
nat {FW1} -m comment --comment "ns1/svc1:p80 loadbalancer IP" -s 192.0.2.0/24 -j {EXT1}
nat {FW1} -m comment --comment "ns1/svc1:p80 loadbalancer IP" -s 1.2.3.4 -j {EXT1}
nat {FW1} -m comment --comment "other traffic to ns1/svc1:p80 will be dropped by KUBE-PROXY-FIREWALL"
nat {SEP1 10.180.0.1:8080} -m comment --comment ns1/svc1:p80 -s 10.180.0.1 -j KUBE-MARK-MASQ
nat {SEP1 10.180.0.1:8080} -m comment --comment ns1/svc1:p80 -m recent --name {SEP1 10.180.0.1:8080} --set -m tcp -p tcp -j DNAT --to-destination 10.180.0.1:8080
nat {SEP1 10.180.2.1:8080} -m comment --comment ns1/svc1:p80 -s 10.180.2.1 -j KUBE-MARK-MASQ
nat {SEP1 10.180.2.1:8080} -m comment --comment ns1/svc1:p80 -m recent --name {SEP1 10.180.2.1:8080} --set -m tcp -p tcp -j DNAT --to-destination 10.180.2.1:8080
nat {SVC3} -m comment --comment "ns3/svc3:p80 cluster IP" -m sctp -p sctp -d 172.30.0.43 --dport 80 ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ
nat {SVC3} -m comment --comment "ns3/svc3:p80 -> 10.180.0.1:80" -m statistic --mode random --probability 0.3333333333 -j {SEP3 10.180.0.1:80}
nat {SVC3} -m comment --comment "ns3/svc3:p80 -> 10.180.0.2:80" -m statistic --mode random --probability 0.5000000000 -j {SEP3 10.180.0.2:80}
nat {SVC3} -m comment --comment "ns3/svc3:p80 -> 10.180.0.3:80" -j {SEP3 10.180.0.3:80}
nat {EXT3} -m comment --comment "masquerade traffic for ns3/svc3:p80 external destinations" -j KUBE-MARK-MASQ
nat {EXT3} -j {SVC3}
nat {SEP3 10.180.0.1:80} -m comment --comment ns3/svc3:p80 -s 10.180.0.1 -j KUBE-MARK-MASQ
nat {SEP3 10.180.0.1:80} -m comment --comment ns3/svc3:p80 -m sctp -p sctp -j DNAT --to-destination 10.180.0.1:80
nat {SEP3 10.180.0.2:80} -m comment --comment ns3/svc3:p80 -s 10.180.0.2 -j KUBE-MARK-MASQ
nat {SEP3 10.180.0.2:80} -m comment --comment ns3/svc3:p80 -m sctp -p sctp -j DNAT --to-destination 10.180.0.2:80
nat {SEP3 10.180.0.3:80} -m comment --comment ns3/svc3:p80 -s 10.180.0.3 -j KUBE-MARK-MASQ
nat {SEP3 10.180.0.3:80} -m comment --comment ns3/svc3:p80 -m sctp -p sctp -j DNAT --to-destination 10.180.0.3:80
nat {EXT4} -m comment --comment "pod traffic for ns4/svc4:p80 external destinations" -s 10.0.0.0/8 -j {SVC4}
nat {EXT4} -m comment --comment "masquerade LOCAL traffic for ns4/svc4:p80 external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ
nat {EXT4} -m comment --comment "route LOCAL traffic for ns4/svc4:p80 external destinations" -m addrtype --src-type LOCAL -j {SVC4}
nat {SVC4} -m comment --comment "ns4/svc4:p80 -> 10.180.0.4:80" -j {SEP4 10.180.0.4:80}
nat {SEP4 10.180.0.4:80} -m comment --comment ns4/svc4:p80 -s 10.180.0.4 -j KUBE-MARK-MASQ
nat {SEP4 10.180.0.4:80} -m comment --comment ns4/svc4:p80 -m tcp -p tcp -j DNAT --to-destination 10.180.0.4:80
`;

const SERVICES = {
  1: { name: 'ns1/svc1:p80', protocol: 'tcp' },
  3: { name: 'ns3/svc3:p80', protocol: 'sctp' },
  4: { name: 'ns4/svc4:p80', protocol: 'tcp' },
} as const;

function named(text: string): string {
  const names = chainNames('KUBE-');
  return text.replace(/\{([A-Z]+)(\d)(?: ([\d.]+):(\d+))?\}/g, (_all, kind, number, address, port) => {
    const service = Object.entries(SERVICES).find(([key]) => key === number)?.[1];
    if (service === undefined) throw new Error(`no service ${String(number)}`);
    switch (kind) {
      case 'SVC':
        return names.ofService(service, 'Cluster');
      case 'SVL':
        return names.ofService(service, 'Local');
      case 'EXT':
        return names.ofExternal(service);
      case 'FW':
        return names.ofFirewall(service);
      default: {
        const state = { isReady: true, isServing: true, isTerminating: false };
        return names.ofEndpoint(service, { address: String(address), port: Number(port), ...state });
      }
    }
  });
}

function rawRules() {
  return named(RAW)
    .trim()
    .split('\n')
    .map((line) => {
      const [, table = '', head, chain = '', text = ''] = /^(\w+) (\^?)(\S+) (.*)$/.exec(line) ?? [];
      return {
        table: table === 'nat' ? ('nat' as const) : ('filter' as const),
        chain,
        place: head === '^' ? ('head' as const) : ('tail' as const),
        text,
      };
    });
}

test.each(TOOLS.filter(({ family }) => family === 'ipv4'))(
  '$name saves of kube-proxy’s own rules what we lay out',
  (tool) => {
    const declarations = [...layOut(toHostedServices(GIVEN)).values()].flat();
    const ours = declarations.flatMap((each) =>
      each.kind === 'rule' ? [{ ...each, text: printRule(each.rule) }] : [],
    );
    expect(loadAndSaveRaw(tool, rawRules())).toEqual(byChain(ours));
  },
);
