// The flows of kube-proxy's own tests for its mode iptables, as real packets through the same services in mode ipvs: they come to the same
// endpoints, but for what docs/services.md says.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Flow, KubeProxyCase } from '../services/kube-proxy-case';
import { readCases } from '../services/kube-proxy-case';
import { kubeProxyHosts } from './fixtures/kube-proxy-lab';
import { expectCase } from './fixtures/kube-proxy-packets';
import { LabScenario } from './fixtures/lab-scenario';

vi.setConfig({ testTimeout: 300_000 });
const hosts = kubeProxyHosts(['kernel']);
let scenario: LabScenario;

beforeAll(() => {
  scenario = new LabScenario(hosts.run.lab, 'kernel-node');
});
afterAll(() => scenario.close());

/** By case and flow, where mode ipvs differs. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'TestClusterIPGeneral: TCP-only port does not match UDP traffic': 'REJECT',
  "TestClusterIPGeneral: svc1 does not accept svc2's ports": 'REJECT',
  'TestExternalTrafficPolicyLocal: pod to external IP hits both endpoints, unmasqueraded': '10.180.2.1:80',
  'TestExternalTrafficPolicyLocal: pod to LB IP hits only both endpoints, unmasqueraded': '10.180.2.1:80',
  'TestExternalTrafficPolicyLocal: pod to NodePort hits both endpoints, unmasqueraded': '10.180.2.1:80',
  'TestInternalTrafficPolicy.local_no_local: pod to ClusterIP': 'REJECT',
  'TestNodePorts.ipv4_localhost-nodeports_enabled: localhost to nodePort gets masqueraded': '',
  'TestTerminatingEndpointsTrafficPolicyLocal.terminating_endpoints_on_remote_node: external to LB':
    '10.0.1.5:80',
};

// Persistence is tried in ipvs-endpoints.long.test.ts: IPVS cannot be told to forget a client.
const CASES = readCases('kube-proxy').filter(
  ([, { flows = [], services }]) =>
    flows.length > 0 && services.every(({ affinityTimeoutSeconds }) => affinityTimeoutSeconds === undefined),
);

function inIpvs(name: string, { flows = [], ...given }: KubeProxyCase): KubeProxyCase {
  const differs = (flow: Flow): Flow => {
    const output = DIFFERENCES[`${name}: ${flow.name}`];
    return output === undefined ? flow : { ...flow, expect: { output, masquerade: false } };
  };
  return { ...given, config: { ...given.config, scheduler: 'rr' }, flows: flows.map(differs) };
}

test('each difference is of a flow', () => {
  const flows = CASES.flatMap(([name, given]) => (given.flows ?? []).map((flow) => `${name}: ${flow.name}`));
  expect(flows).toEqual(expect.arrayContaining(Object.keys(DIFFERENCES)));
});

test.each(CASES)('%s', async (name, given) => {
  await expectCase({ lab: hosts.run.lab, node: hosts.node('kernel'), scenario }, inIpvs(name, given));
});
