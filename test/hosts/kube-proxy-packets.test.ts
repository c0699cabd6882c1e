// The flows of kube-proxy's own tests as real packets through a node that its services were applied to, with both back-ends of iptables.
import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { readCases } from '../services/kube-proxy-case';
import { kubeProxyHosts } from './fixtures/kube-proxy-lab';
import { expectFlows } from './fixtures/kube-proxy-packets';
import { OWN_CASES } from './fixtures/own-service-cases';
import { LabScenario } from './fixtures/lab-scenario';

vi.setConfig({ testTimeout: 60_000 });
const KINDS = ['nft', 'legacy'] as const;
const hosts = kubeProxyHosts(KINDS);
const CASES = readCases('kube-proxy').filter(([, { flows = [] }]) => flows.length > 0);

describe.each(KINDS)('with iptables-%s', (kind) => {
  let scenario: LabScenario;
  beforeAll(() => {
    scenario = new LabScenario(hosts.run.lab, `${kind}-node`);
  });
  afterAll(() => scenario.close());

  test.each([...CASES, ...OWN_CASES])('%s', async (_name, given) => {
    await expectFlows({ lab: hosts.run.lab, node: hosts.node(kind), scenario }, given);
  });
});
