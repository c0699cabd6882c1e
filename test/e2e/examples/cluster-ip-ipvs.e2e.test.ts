import services from '../../../examples/cluster-ip/services.json';
import { ClusterIpIpvsExample } from '../../../examples/cluster-ip-ipvs/main';
import { EXAMPLE_PROBES } from '../fixtures/example-probes';
import { testExample } from '../fixtures/example-tests';

const SERVICE_1 = '10.100.100.1:7070';
const SERVICE_2 = '10.100.100.2:6060';
const PART_1 = '"50-service example/service1:http"';
const PART_2 = '"50-service example/service2:http"';
/** What masquerading makes of requests, by where they leave the node: to its own pods, and to those of the other node. */
const NODE_2 = ['10.5.88.1', '192.168.1.7'];

function realServer(virtualServer: string, address: string): string {
  return `ipvsadm -a -t ${virtualServer} -r ${address}:3000 -m -w 1`;
}

const { service1 } = services;
const THIRD = { address: '10.5.75.3', port: 3000 };

testExample({
  name: 'cluster-ip-ipvs',
  stack: ClusterIpIpvsExample,
  probes: EXAMPLE_PROBES['cluster-ip-ipvs'],
  drift: [
    {
      on: 'cloudos1',
      hand: 'ipset del GW-CLUSTER-IP 10.100.100.1,tcp:7070',
      shown: [`${PART_1} + ipset add GW-CLUSTER-IP 10.100.100.1,tcp:7070`],
    },
    {
      on: 'cloudos1',
      hand: 'ipset add GW-NODE-PORT-TCP 22',
      shown: ['"~unexpected" - ipset add GW-NODE-PORT-TCP 22'],
    },
    {
      on: 'cloudos1',
      hand: 'ip addr add 10.100.100.3/32 dev gw-ipvs0',
      shown: ['"~unexpected" - ip addr add 10.100.100.3/32 dev gw-ipvs0'],
    },
    {
      on: 'cloudos2',
      hand: 'ip addr del 10.100.100.2/32 dev gw-ipvs0',
      shown: [`${PART_2} + ip addr add 10.100.100.2/32 dev gw-ipvs0`],
    },
    {
      on: 'cloudos2',
      hand: `ipvsadm -d -t ${SERVICE_2} -r 10.5.88.3:3000`,
      shown: [`${PART_2} + ${realServer(SERVICE_2, '10.5.88.3')}`],
    },
  ],
  change: {
    title: 'a third endpoint',
    to: { ...services, service1: { ...service1, endpoints: [...service1.endpoints, THIRD] } },
    shown: [
      `cloudos1 ${PART_1} + ipset add GW-LOOP-BACK 10.5.75.3,tcp:3000,10.5.75.3`,
      `cloudos1 ${PART_1} + ${realServer(SERVICE_1, '10.5.75.3')}`,
      `cloudos1 "50-service example/service1:http node port" + ${realServer('192.168.1.6:34211', '10.5.75.3')}`,
      `cloudos2 ${PART_1} + ${realServer(SERVICE_1, '10.5.75.3')}`,
      `cloudos2 "50-service example/service1:http node port" + ${realServer('192.168.1.7:34211', '10.5.75.3')}`,
    ],
    probes: [
      {
        from: 'cloudos2',
        to: SERVICE_1,
        servers: { os1_my1: 1, os2_my1: 1, os1_my2: 1 },
        sources: NODE_2,
        count: 30,
      },
    ],
  },
});
