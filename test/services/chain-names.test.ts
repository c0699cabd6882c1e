// Names of chains: kube-proxy's own names where they are known, and what changes them.
import { expect, test } from 'vitest';
import { chainNames } from '../../lib/services/chain-names';
import { setNames } from '../../lib/services/ipvs-mode/names';

const KUBE = chainNames('KUBE-');
const SERVICE = { name: 'ns1/svc1:p80', protocol: 'tcp' } as const;

test.each([
  ['a service', KUBE.ofService(SERVICE), 'KUBE-SVC-XPGD46QRK7WJZT7O'],
  ['another service', KUBE.ofService({ name: 'ns2/svc2:p80', protocol: 'tcp' }), 'KUBE-SVC-GNZBNJ2PO5MGZ6GT'],
  ['external destinations', KUBE.ofExternal(SERVICE), 'KUBE-EXT-XPGD46QRK7WJZT7O'],
  ['sources that may come in', KUBE.ofFirewall(SERVICE), 'KUBE-FW-XPGD46QRK7WJZT7O'],
  ['an endpoint', KUBE.ofEndpoint(SERVICE, { address: '10.180.0.1', port: 80 }), 'KUBE-SEP-SXIVWICOYRO3J4NJ'],
  ['a service under a prefix of our own', chainNames('GW-').ofService(SERVICE), 'GW-SVC-XPGD46QRK7WJZT7O'],
  [
    'the same port of another protocol',
    KUBE.ofService({ ...SERVICE, protocol: 'udp' }),
    'KUBE-SVC-OJWW7NSBVZTDHXNW',
  ],
])('the chain of %s has the name that kube-proxy gives it', (_what, name, expected) => {
  expect(name).toBe(expected);
});

test('an endpoint that is not known yet is named by its place, whatever its address becomes', () => {
  const first = { address: '@0@', port: 80, unknownIndex: 0 };
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
    names.ofService(SERVICE),
    names.ofExternal(SERVICE),
    names.ofFirewall(SERVICE),
    names.ofEndpoint(SERVICE, { address: '10.180.0.1', port: 80 }),
  ];
  expect(all.map((name) => name.length).toSorted((a, b) => b - a)).toEqual([
    28, 28, 28, 28, 27, 25, 23, 22, 21, 19, 19, 17, 17, 17, 16, 15,
  ]);
});

test('no name of a set is longer than the kernel allows, and no two are one, with the longest prefix', () => {
  const { ofNodePorts, ...sets } = setNames('ABCDEFG-');
  const names = [...Object.values(sets), ofNodePorts('tcp'), ofNodePorts('udp'), ofNodePorts('sctp')];
  expect(Math.max(...names.map((name) => name.length))).toBe(31);
  expect(new Set(names).size).toBe(10);
});
