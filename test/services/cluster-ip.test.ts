// A service's own rules: equal shares, the order of endpoints, and what a change of one endpoint changes.
import { expect, test } from 'vitest';
import type { Declaration } from '../../lib/model/declaration';
import { takesShare } from '../../lib/services/endpoint-chains';
import { layOut } from '../../lib/services/lay-out';
import type { Service, ServiceEndpoint, ServiceLayout } from '../../lib/services/service';
import { sortEndpoints } from '../../lib/services/service';

// kube-proxy's own table (TestComputeProbability).
test.each([
  [2, 0.5],
  [3, 0.3333333333],
  [10, 0.1],
  [100, 0.01],
  [1000, 0.001],
  [10_000, 0.0001],
  [100_000, 0.00001],
  [100_001, 0.0000099999],
])('one of %i takes a share of %f', (remaining, probability) => {
  expect(takesShare(remaining)).toEqual([{ kind: 'statistic-random', probability }]);
});

test('the last one takes all that is left', () => {
  expect(takesShare(1)).toEqual([]);
});

function ready(address: string, port: number): ServiceEndpoint {
  return { address, port, isReady: true, isServing: true, isTerminating: false };
}

test('endpoints stand in the order of strings, and those not known yet behind them in their own order', () => {
  const unknown = (unknownIndex: number): ServiceEndpoint => ({ ...ready('@', 80), unknownIndex });
  const sorted = sortEndpoints([
    unknown(10),
    ready('10.0.0.2', 80),
    unknown(2),
    ready('10.0.0.10', 80),
    ready('10.0.0.2', 443),
  ]);
  expect(sorted.map(({ address, port, unknownIndex }) => `${address}:${port} ${unknownIndex ?? ''}`)).toEqual(
    ['10.0.0.10:80 ', '10.0.0.2:443 ', '10.0.0.2:80 ', '@:80 2', '@:80 10'],
  );
});

const WEB: Service = {
  name: 'default/web:http',
  protocol: 'tcp',
  clusterIp: '10.96.0.10',
  port: 80,
  endpoints: [ready('10.5.0.2', 8080), ready('10.5.0.3', 8080)],
  family: 'ipv4',
  internalTrafficPolicy: 'Cluster',
  externalTrafficPolicy: 'Cluster',
  externalIps: [],
  nodePort: 30080,
  masqueradeAll: false,
};
const OTHER: Service = { ...WEB, name: 'default/other:http', clusterIp: '10.96.0.11', nodePort: 30081 };
const LAYOUT: ServiceLayout = {
  chainPrefix: 'GW-',
  masqueradeMark: 0x4000,
  randomFully: true,
  dropInvalid: false,
  nodeAddresses: [],
  nodePortAddresses: [],
  localhostNodePorts: false,
};

const PARTS_OF_WEB = ['50-service default/web:http', '50-service default/web:http node port'];

test.each([
  ['an endpoint that goes', WEB.endpoints.slice(1), PARTS_OF_WEB.slice(0, 1)],
  ['one that comes', [...WEB.endpoints, ready('10.5.0.4', 8080)], PARTS_OF_WEB.slice(0, 1)],
  ['the last one that goes', [], PARTS_OF_WEB],
  ['another order of them', WEB.endpoints.toReversed(), []],
])('%s changes parts of its service alone', (_change, endpoints, changed) => {
  const before = layOutAll(WEB);
  const after = layOutAll({ ...WEB, endpoints });
  expect([...after.keys()]).toEqual([...before.keys()]);
  const differing = [...after].filter(
    ([part, lines]) => JSON.stringify(lines) !== JSON.stringify(before.get(part)),
  );
  expect(differing.map(([part]) => part)).toEqual(changed);
});

function layOutAll(web: Service): ReadonlyMap<string, readonly Declaration[]> {
  return layOut({ layout: LAYOUT, services: [web, OTHER] });
}

test('a host without services has nothing of them', () => {
  expect([...layOut({ layout: LAYOUT, services: [] }).keys()]).toEqual([]);
});
