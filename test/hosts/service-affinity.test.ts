// Affinity and drain of services in mode iptables, with real connections, on both back-ends: who stays, who moves, what lives on.
import { setTimeout as passing } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { holdConnection } from './fixtures/held-connection';
import { CROWD, kubeProxyHosts } from './fixtures/kube-proxy-lab';
import { askOnce, forgetClients, partsOf } from './fixtures/kube-proxy-packets';
import { LabScenario } from './fixtures/lab-scenario';
import { own, WEB, WEB_ENDPOINTS } from './fixtures/own-service-cases';
import { toHostedServices } from '../services/kube-proxy-case';

vi.setConfig({ testTimeout: 60_000 });
const KINDS = ['nft', 'legacy'] as const;
const hosts = kubeProxyHosts(KINDS);

const [FIRST, SECOND] = ['10.180.0.1', '10.180.2.1'] as const;
type Address = typeof FIRST | typeof SECOND;
const CLUSTER_IP = WEB.clusterIP;
const CLIENT = '10.0.0.2';

interface State {
  readonly affinityTimeoutSeconds?: number;
  /** Those that are on their way out. */
  readonly terminating?: readonly Address[];
  /** Those that are no more. */
  readonly gone?: readonly Address[];
}

function partsIn({ affinityTimeoutSeconds, terminating = [], gone = [] }: State) {
  const addresses = [FIRST, SECOND]
    .filter((ip) => !gone.includes(ip))
    .map((ip) => ({ ip, ready: !terminating.includes(ip), terminating: terminating.includes(ip) }));
  const service = { ...WEB, ...(affinityTimeoutSeconds === undefined ? {} : { affinityTimeoutSeconds }) };
  const endpoints = { ...WEB_ENDPOINTS, addresses };
  return partsOf(toHostedServices(own({ services: [service], endpoints: [endpoints] })));
}

describe.each(KINDS)('with iptables-%s', (kind) => {
  let scenario: LabScenario;
  beforeAll(() => {
    scenario = new LabScenario(hosts.run.lab, `${kind}-node`);
  });
  afterAll(() => scenario.close());

  /** The address of the endpoint that answers; each client has its connection beside the others'. */
  const ask = async (source: string): Promise<string> => {
    const answer = await askOnce(hosts.node(kind), { source, address: CLUSTER_IP, port: 80 });
    return answer.replace(/:\d+ from .*/, '');
  };
  const askAll = (sources: readonly string[]): Promise<readonly string[]> => Promise.all(sources.map(ask));

  describe('a client with affinity', () => {
    test('stays at its endpoint for as long as it comes again within the timeout', async () => {
      await scenario.apply(partsIn({ affinityTimeoutSeconds: 4 }));
      const came = new Set<string>();
      for (let time = 0; time < 30; time += 1) {
        came.add(await ask(CLIENT));
        await passing(150);
      }
      expect([...came]).toHaveLength(1);
    });

    test('has chosen for itself alone', async () => {
      await scenario.apply(partsIn({ affinityTimeoutSeconds: 600 }));
      const first = await askAll(CROWD);
      expect([...new Set(first)].sort()).toEqual([FIRST, SECOND]);
      expect(await askAll(CROWD)).toEqual(first);
    });

    test('is placed anew when it was silent for longer', async () => {
      await scenario.apply(partsIn({ affinityTimeoutSeconds: 2 }));
      const first = await askAll(CROWD);
      await passing(2100);
      // All of so many at the same endpoints again: once in sixteen million.
      expect(await askAll(CROWD)).not.toEqual(first);
    });

    test.each<readonly [how: string, State]>([
      ['is gone', { gone: [FIRST] }],
      ['terminates', { terminating: [FIRST] }],
    ])('moves when its endpoint %s, and stays when that comes back', async (_how, state) => {
      await scenario.apply(partsIn({ affinityTimeoutSeconds: 600 }));
      await forgetClients({ lab: hosts.run.lab, node: hosts.node(kind) });
      const first = await askAll(CROWD);
      expect([...new Set(first)].sort()).toEqual([FIRST, SECOND]);
      await scenario.apply(partsIn({ affinityTimeoutSeconds: 600, ...state }));
      expect([...new Set(await askAll(CROWD))]).toEqual([SECOND]);
      await scenario.apply(partsIn({ affinityTimeoutSeconds: 600 }));
      expect([...new Set(await askAll(CROWD))]).toEqual([SECOND]);
    });

    test('stays when another endpoint comes', async () => {
      await scenario.apply(partsIn({ affinityTimeoutSeconds: 601, gone: [FIRST] }));
      await askAll(CROWD);
      await scenario.apply(partsIn({ affinityTimeoutSeconds: 601 }));
      expect([...new Set(await askAll(CROWD))]).toEqual([SECOND]);
    });
  });

  test('a connection lives on at an endpoint that terminates and then is gone; new ones go where they may', async () => {
    const hold = () => holdConnection(hosts.run.lab, `${kind}-client`, `${CLUSTER_IP}:80`);
    const askSome = async () => [...new Set(await askAll(CROWD))].sort();
    await scenario.apply(partsIn({ gone: [SECOND] }));
    const [held, another] = [await hold(), await hold()];
    await scenario.apply(partsIn({ terminating: [FIRST] }));
    expect(await askSome()).toEqual([SECOND]);
    expect(await held.ask()).toMatch(`${FIRST}:80 from `);
    await scenario.apply(partsIn({ terminating: [FIRST, SECOND] }));
    expect(await askSome()).toEqual([FIRST, SECOND]);
    await scenario.apply(partsIn({ gone: [FIRST, SECOND] }));
    expect(await askSome()).toEqual(['refused']);
    expect(await another.ask()).toMatch(`${FIRST}:80 from `);
  });
});
