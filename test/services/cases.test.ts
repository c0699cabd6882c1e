// Each golden case of kube-proxy, as text: what is given, laid out in parts and printed, is what stands in expected.iptables.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { layOut } from '../../lib/services/lay-out';
import { parseParts } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';
import masqueradeAll from '../cases/kube-proxy/DerivedMasqueradeAll/given.json';
import podBridge from '../cases/kube-proxy/DerivedPodBridge/given.json';
import loadBalancer from '../cases/kube-proxy/Seed001/given.json';
import cloudos1 from '../cases/kube-proxy/Seed003Cloudos1/given.json';
import clusterIp from '../cases/kube-proxy/TestClusterIPGeneral/given.json';
import nodePort from '../cases/kube-proxy/TestExternalTrafficPolicyCluster/given.json';
import sourceRanges from '../cases/kube-proxy/DerivedSourceRanges/given.json';
import noEndpoints from '../cases/kube-proxy/TestNoEndpointsReject/given.json';
import type { KubeProxyCase } from './kube-proxy-case';
import { toHostedServices } from './kube-proxy-case';

const CASES: readonly (readonly [name: string, given: KubeProxyCase])[] = [
  ['DerivedMasqueradeAll', masqueradeAll],
  ['DerivedPodBridge', podBridge],
  ['DerivedSourceRanges', sourceRanges],
  ['Seed001', loadBalancer],
  ['Seed003Cloudos1', cloudos1],
  ['TestClusterIPGeneral', clusterIp],
  ['TestExternalTrafficPolicyCluster', nodePort],
  ['TestNoEndpointsReject', noEndpoints],
];

test.each(CASES)('%s reads back as parts without a problem', (_name, given) => {
  const parts = [...layOut(toHostedServices(given))].map(([part, declarations]): [string, string] => [
    part,
    declarations.map((each) => `${printDeclaration(each)}\n`).join(''),
  ]);
  expect(parseParts(Object.fromEntries(parts)).problems).toEqual([]);
});

test.each(CASES)('%s is laid out as its golden file says', async (name, given) => {
  const parts = [...layOut(toHostedServices(given))].map(
    ([part, declarations]) =>
      `# ${part}\n${declarations.map((each) => `${printDeclaration(each)}\n`).join('')}`,
  );
  await expect(parts.join('\n')).toMatchFileSnapshot(
    join(__dirname, '..', 'cases/kube-proxy', name, 'expected.iptables'),
  );
});
