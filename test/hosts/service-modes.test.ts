// The same services on a host with a kernel of its own in mode iptables and in mode ipvs: the same packets come to the same endpoints, but
// for what docs/services.md says.
import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { toHostedServices } from '../services/kube-proxy-case';
import { kubeProxyHosts } from './fixtures/kube-proxy-lab';
import { expectFlows, partsOf } from './fixtures/kube-proxy-packets';
import type { Node } from './fixtures/kube-proxy-packets';
import { LabScenario } from './fixtures/lab-scenario';
import { flowsIn, servicesIn } from './fixtures/mode-rows';
import type { Mode } from './fixtures/mode-rows';

vi.setConfig({ testTimeout: 180_000 });
const hosts = kubeProxyHosts(['kernel']);
let scenario: LabScenario;
const on = (): Node => ({ lab: hosts.run.lab, node: hosts.node('kernel'), scenario });

beforeAll(() => {
  scenario = new LabScenario(hosts.run.lab, 'kernel-node');
});
afterAll(() => scenario.close());

describe.each<Mode>(['iptables', 'ipvs'])('in mode %s', (mode) => {
  beforeAll(() => scenario.apply(partsOf(toHostedServices(servicesIn(mode)))));

  test('each packet comes where it is to come', async () => {
    await expectFlows(on(), flowsIn(mode));
  });
});
