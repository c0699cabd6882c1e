import { KubeProxyByHandExample } from '../../../examples/kube-proxy-by-hand/main';
import { EXAMPLE_PROBES } from '../fixtures/example-probes';
import { testExample } from '../fixtures/example-tests';

const CLUSTER_IP = '10.96.0.1:443';
/** What masquerading makes of requests to the web server. */
const NODE = '172.16.100.13';
const API_SERVER = 'ipvsadm -a -t 10.96.0.1:443  -r 172.16.100.13:6443  -m';

testExample({
  name: 'kube-proxy-by-hand',
  stack: KubeProxyByHandExample,
  probes: EXAMPLE_PROBES['kube-proxy-by-hand'],
  drift: [
    {
      on: 'node',
      hand: 'ipset del KUBE-CLUSTER-IP 10.96.0.1,tcp:443',
      shown: ['"30-services" + ipset add    KUBE-CLUSTER-IP  10.96.0.1,tcp:443'],
    },
    {
      on: 'node',
      hand: 'ipset add KUBE-CLUSTER-IP 10.96.0.10,udp:53',
      shown: ['"~unexpected" - ipset add KUBE-CLUSTER-IP 10.96.0.10,udp:53'],
    },
    {
      on: 'node',
      hand: 'iptables -P FORWARD DROP',
      shown: [
        '"70-own-service-ip" - iptables -t filter -P FORWARD DROP',
        '"70-own-service-ip" + iptables -t filter   -P  FORWARD  ACCEPT',
      ],
    },
    {
      on: 'node',
      hand: 'iptables -t nat -D KUBE-SERVICES 2',
      shown: [
        '"30-services" + iptables -t nat -A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT',
      ],
    },
    {
      on: 'node',
      hand: 'ip link del kube-ipvs0',
      shown: [
        '"50-cluster-ip" + ip link add kube-ipvs0 type dummy',
        '"50-cluster-ip" + ip addr add 10.96.0.1/32 dev kube-ipvs0',
      ],
    },
  ],
  change: {
    title: 'the web server in place of the API server',
    to: 'ipvsadm -a -t 10.96.0.1:443  -r 172.16.100.5:80 -m\n',
    shown: [`node "60-real-servers" - ${API_SERVER}`],
    probes: [{ from: 'node2', to: CLUSTER_IP, servers: { web: 1 }, sources: [NODE], count: 10 }],
  },
});
