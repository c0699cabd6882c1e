// The same services on a host with a kernel of its own in mode iptables and in mode ipvs: the same packets come to the same endpoints, but
// for what docs/services.md says.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { toHostedServices } from '../services/kube-proxy-case';
import { kubeProxyHosts } from './fixtures/kube-proxy-lab';
import { askOnce, expectFlows, partsOf } from './fixtures/kube-proxy-packets';
import type { Node } from './fixtures/kube-proxy-packets';
import { LabScenario } from './fixtures/lab-scenario';
import { flowsIn, servicesIn, servicesOfIpv6In } from './fixtures/mode-rows';
import type { Mode } from './fixtures/mode-rows';
import { WEB } from './fixtures/own-service-cases';
import { sendRaw } from './fixtures/raw-packets';

vi.setConfig({ testTimeout: 180_000 });
const hosts = kubeProxyHosts(['kernel']);
let scenario: LabScenario;
const on = (): Node => ({ lab: hosts.run.lab, node: hosts.node('kernel'), scenario });

beforeAll(() => {
  scenario = new LabScenario(hosts.run.lab, 'kernel-node');
});
afterAll(() => scenario.close());

function partsIn(mode: Mode) {
  const { layout, services } = toHostedServices(servicesIn(mode));
  const ipv6 = toHostedServices(servicesOfIpv6In(mode));
  return partsOf({ layout, services: [...services, ...ipv6.services] });
}

describe.each<Mode>(['iptables', 'ipvs'])('in mode %s', (mode) => {
  beforeAll(() => scenario.apply(partsIn(mode)));

  test('each packet comes where it is to come', async () => {
    await expectFlows(on(), flowsIn(mode));
  });

  const FROM_POD = { host: 'kernel-client', source: '10.0.0.2' };

  test('a cluster IP does not answer to ping', async () => {
    expect(await sendRaw(hosts.run.lab, 'echo', { ...FROM_POD, address: '172.31.0.1' })).toBe('unreachable');
  });

  test(`a packet of no connection ${mode === 'ipvs' ? 'goes on' : 'is dropped'}`, async () => {
    const send = () => sendRaw(hosts.run.lab, 'syn-ack', { ...FROM_POD, address: '192.168.0.4' });
    if (mode === 'iptables') expect(await send()).toBe('silent');
    // A slow host may answer late.
    else await expect.poll(send, { timeout: 20_000 }).toBe('reset');
  });
});

test('in mode ipvs endpoints take turns', async () => {
  const came: string[] = [];
  for (let time = 0; time < 6; time += 1) {
    came.push(await askOnce(on().node, { source: '10.0.0.2', address: WEB.clusterIP, port: 80 }));
  }
  const [first = '', second = ''] = came;
  expect([first, second].sort()).toEqual(['10.180.0.1:80 from 10.0.0.2', '10.180.2.1:80 from 10.0.0.2']);
  expect(came).toEqual([first, second, first, second, first, second]);
});
