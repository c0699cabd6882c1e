// Names of chains: kube-proxy's own names where they are known, and what changes them.
import { expect, test } from 'vitest';
import { chainNames } from '../../lib/services/chain-names';
import { setNames } from '../../lib/services/ipvs-mode/names';

const KUBE = chainNames('KUBE-');
const ENDPOINT = { address: '10.180.0.1', port: 80, isReady: true, isServing: true, isTerminating: false };
const SERVICE = { name: 'ns1/svc1:p80', protocol: 'tcp' } as const;

test.each([
  ['a service', KUBE.ofService(SERVICE, 'Cluster'), 'KUBE-SVC-XPGD46QRK7WJZT7O'],
  ['a service on its own host', KUBE.ofService(SERVICE, 'Local'), 'KUBE-SVL-XPGD46QRK7WJZT7O'],
  [
    'another service',
    KUBE.ofService({ name: 'ns2/svc2:p80', protocol: 'tcp' }, 'Cluster'),
    'KUBE-SVC-GNZBNJ2PO5MGZ6GT',
  ],
  ['external destinations', KUBE.ofExternal(SERVICE), 'KUBE-EXT-XPGD46QRK7WJZT7O'],
  ['sources that may come in', KUBE.ofFirewall(SERVICE), 'KUBE-FW-XPGD46QRK7WJZT7O'],
  ['an endpoint', KUBE.ofEndpoint(SERVICE, ENDPOINT), 'KUBE-SEP-SXIVWICOYRO3J4NJ'],
  [
    'a service under a prefix of our own',
    chainNames('GW-').ofService(SERVICE, 'Cluster'),
    'GW-SVC-XPGD46QRK7WJZT7O',
  ],
  [
    'the same port of another protocol',
    KUBE.ofService({ ...SERVICE, protocol: 'udp' }, 'Cluster'),
    'KUBE-SVC-OJWW7NSBVZTDHXNW',
  ],
])('the chain of %s has the name that kube-proxy gives it', (_what, name, expected) => {
  expect(name).toBe(expected);
});

test('an endpoint that is not known yet is named by its place, whatever its address becomes', () => {
  const first = { ...ENDPOINT, address: '@0@', unknownIndex: 0 };
  const names = [first, { ...first, address: '10.0.0.1' }, { ...first, unknownIndex: 1 }].map((endpoint) =>
    KUBE.ofEndpoint(SERVICE, endpoint),
  );
  expect(names).toEqual([
    'KUBE-SEP-TSCGNSQ73JJWDE32',
    'KUBE-SEP-TSCGNSQ73JJWDE32',
    'KUBE-SEP-UGBO7H3MFCW6UVW5',
  ]);
});

test('no name of a chain is longer than the kernel allows, with the longest prefix', () => {
  const names = chainNames('ABCDEFG-');
  const all = [
    ...Object.values(names).filter((name) => typeof name === 'string'),
    names.ofService(SERVICE, 'Cluster'),
    names.ofService(SERVICE, 'Local'),
    names.ofExternal(SERVICE),
    names.ofFirewall(SERVICE),
    names.ofEndpoint(SERVICE, ENDPOINT),
  ];
  expect(Math.max(...all.map((name) => name.length))).toBe(28);
});

test.each(['ipv4', 'ipv6'] as const)(
  'no name of a set of %s is longer than the kernel allows, and no two are one, with the longest prefix',
  (family) => {
    const { ofNodePorts, ...sets } = setNames('ABCDEFG-', family);
    const ports = (['tcp', 'udp', 'sctp'] as const).flatMap((protocol) => [
      ofNodePorts(protocol, 'Cluster'),
      ofNodePorts(protocol, 'Local'),
    ]);
    const names = [...Object.values(sets), ...ports];
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(31);
    expect(new Set(names).size).toBe(17);
  },
);

test('sets of IPv6 have the names that kube-proxy gives them, cut where the kernel would not take them', () => {
  const { sourceCidr, healthCheckNodePort, ofNodePorts } = setNames('KUBE-', 'ipv6');
  expect([sourceCidr, healthCheckNodePort, ofNodePorts('sctp', 'Local')]).toEqual([
    'KUBE-6-LOAD-BALANCER-SOURCE-CID',
    'KUBE-6-HEALTH-CHECK-NODE-PORT',
    'KUBE-6-NODE-PORT-LOCAL-SCTP-HAS',
  ]);
});
