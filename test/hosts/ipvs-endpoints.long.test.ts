// Endpoints of services in mode ipvs, with real connections through a host with a kernel of its own: who stays, who moves, what lives on.
import { setTimeout as passing } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { toHostedServices } from '../services/kube-proxy-case';
import { holdConnection } from './fixtures/held-connection';
import { CROWD, kubeProxyHosts } from './fixtures/kube-proxy-lab';
import { askOnce, partsOf } from './fixtures/kube-proxy-packets';
import { LabScenario } from './fixtures/lab-scenario';
import { own, WEB, WEB_ENDPOINTS } from './fixtures/own-service-cases';

vi.setConfig({ testTimeout: 300_000 });
const hosts = kubeProxyHosts(['kernel']);
let scenario: LabScenario;

beforeAll(() => {
  scenario = new LabScenario(hosts.run.lab, 'kernel-node', { drainTimeoutSeconds: 60 });
});
afterAll(() => scenario.close());

const [FIRST, SECOND] = ['10.180.0.1', '10.180.2.1'] as const;
const BOTH = [FIRST, SECOND];
const CLIENT = '10.0.0.2';

type Addresses = readonly { readonly ip: string; readonly ready?: boolean; readonly terminating?: boolean }[];

interface State {
  readonly protocol?: 'TCP' | 'UDP';
  readonly affinityTimeoutSeconds?: number;
  readonly addresses?: Addresses;
}

async function apply({ protocol = 'TCP', affinityTimeoutSeconds, addresses }: State): Promise<void> {
  const port = { name: '', port: protocol === 'TCP' ? 80 : 53, protocol };
  const service = {
    ...{ ...WEB, ports: [port] },
    ...(affinityTimeoutSeconds === undefined ? {} : { affinityTimeoutSeconds }),
  };
  const endpoints = { ...WEB_ENDPOINTS, addresses: addresses ?? BOTH.map((ip) => ({ ip })), ports: [port] };
  const given = own({ config: { scheduler: 'rr' }, services: [service], endpoints: [endpoints] });
  await scenario.apply(partsOf(toHostedServices(given)));
}

/** The address of the endpoint that answers. */
async function ask(source: string, protocol: 'tcp' | 'udp' = 'tcp'): Promise<string> {
  const asked = { source, address: WEB.clusterIP, port: protocol === 'tcp' ? 80 : 53, protocol };
  return (await askOnce(hosts.node('kernel'), asked)).replace(/:\d+ from .*/, '');
}

async function askTimes(times: number, protocol: 'tcp' | 'udp' = 'tcp'): Promise<ReadonlySet<string>> {
  const came = new Set<string>();
  for (let time = 0; time < times; time += 1) came.add(await ask(CLIENT, protocol));
  return came;
}

async function onNode(script: string): Promise<void> {
  const { exitCode, stderr } = await hosts.run.lab.exec('kernel-node', ['sh', '-ec', script]);
  if (exitCode !== 0) throw new Error(`${script}: ${stderr}`);
}

test('a client stays, also beyond the timeout while IPVS remembers a connection of its', async () => {
  await apply({ affinityTimeoutSeconds: 2 });
  const first = await ask(CLIENT);
  expect([...(await askTimes(29))]).toEqual([first]);
  await passing(4000);
  expect([...(await askTimes(4))]).toEqual([first]);
});

test('a client is placed anew when IPVS has forgotten it', async () => {
  await apply({ protocol: 'UDP', affinityTimeoutSeconds: 2 });
  // For how long it remembers who sent a datagram.
  await onNode('ipvsadm --set 0 0 1');
  const first = await ask(CLIENT, 'udp');
  expect([...(await askTimes(8, 'udp'))]).toEqual([first]);
  await onNode('while ipvsadm -Lnc | grep -q UDP; do sleep 0.2; done');
  expect(BOTH.filter((each) => each !== first)).toEqual([await ask(CLIENT, 'udp')]);
});

test.each<readonly [how: string, clients: readonly string[], addresses: Addresses]>([
  ['is gone', CROWD.slice(0, 12), [{ ip: SECOND }]],
  ['terminates', CROWD.slice(12), [{ ip: FIRST, ready: false, terminating: true }, { ip: SECOND }]],
])('a client moves when its endpoint %s, others stay', async (_how, clients, addresses) => {
  const askAll = () => Promise.all(clients.map((client) => ask(client)));
  await apply({ affinityTimeoutSeconds: 600 });
  const first = await askAll();
  expect([...new Set(first)].sort()).toEqual(BOTH);
  expect(await askAll()).toEqual(first);
  await apply({ affinityTimeoutSeconds: 600, addresses });
  expect([...new Set(await askAll())]).toEqual([SECOND]);
  await apply({ affinityTimeoutSeconds: 600 });
  expect([...new Set(await askAll())]).toEqual([SECOND]);
});

test('an endpoint that terminates keeps its connection until that ends, while new ones go elsewhere', async () => {
  await apply({ addresses: [{ ip: FIRST }] });
  const held = await holdConnection(hosts.run.lab, 'kernel-client', `${WEB.clusterIP}:80`);
  const applied = apply({ addresses: [{ ip: FIRST, ready: false, terminating: true }, { ip: SECOND }] });
  await onNode(`until ipvsadm -Sn | grep -q -e '-r ${FIRST}:80 -m -w 0'; do sleep 0.1; done`);
  expect([...(await askTimes(4))]).toEqual([SECOND]);
  expect(await held.ask()).toMatch(`${FIRST}:80 from `);
  await applied;
  expect(scenario.notes).toEqual([]);
});
