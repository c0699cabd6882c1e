// The flows of kube-proxy's own cases, walked through what we lay out: each packet may go where kube-proxy sends it, and nowhere else.
import { describe, expect, test } from 'vitest';
import { familyOf } from '../../lib/services/addresses';
import type { Outcome } from '../../lib/simulate/outcomes';
import { sureOutcomesOf } from '../../lib/simulate/outcomes';
import { walkFromDevice, walkFromHost } from '../../lib/simulate/journey';
import { printOutcome } from '../../lib/simulate/print-trace';
import type { Surroundings } from '../../lib/simulate/rule-set';
import { packetOf } from '../simulate/packets';
import type { Flow, KubeProxyCase } from './kube-proxy-case';
import { readCases, toHostedServices } from './kube-proxy-case';
import { laidOutHost } from './laid-out-host';

const CASES = readCases('kube-proxy').flatMap(([name, given]) =>
  (given.flows ?? []).map((flow) => [name, flow.name, given, flow] as const),
);

test('there are all flows of all cases', () => {
  expect(CASES).toHaveLength(91);
});

describe.each(CASES)('%s: %s', (_name, _flow, given, flow) => {
  const outcomes = sureOutcomesOf(walk(flow, given));

  test('goes where kube-proxy sends it', () => {
    expect(
      outcomes
        .map((outcome) => told(outcome, flow))
        .toSorted()
        .join(', '),
    ).toBe(expectedOutput(flow));
  });

  test('is masqueraded if kube-proxy does so', () => {
    const masqueraded = outcomes.some(({ sourceTranslation }) => sourceTranslation?.kind === 'masquerade');
    expect(masqueraded).toBe(flow.expect.masquerade);
  });
});

function walk(flow: Flow, given: KubeProxyCase) {
  const { sourceIP, protocol, destIP, destPort } = flow;
  const { nodeAddresses = [] } = given.config;
  const host = hostOf(given, nodeAddresses);
  const end = (address: string, port: number): string =>
    address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  const packet = packetOf(`${protocol} ${end(sourceIP, 12345)} -> ${end(destIP, destPort)}`);
  const isOwn = [...nodeAddresses, '127.0.0.1', '::1'].includes(sourceIP);
  return isOwn ? walkFromHost(packet, host) : walkFromDevice(packet, host);
}

function hostOf(given: KubeProxyCase, nodeAddresses: readonly string[]): Surroundings {
  return laidOutHost(toHostedServices(given), {
    addresses: nodeAddresses.map((address, index) => ({
      network: `${address}/${familyOf(address) === 'ipv4' ? 24 : 64}`,
      device: `eth${index}`,
    })),
    routes: [
      { network: 'default', device: 'eth0' },
      { network: '::/0', device: 'eth0' },
    ],
  });
}

/** In the words of the cases: an endpoint, a verdict, or nothing where the packet is left as it is. */
function told(outcome: Outcome, { destIP, destPort, expect: { output } }: Flow): string {
  const [, to] = / to ([^,]+)/.exec(printOutcome(outcome)) ?? [];
  if (to === undefined) return VERDICTS[outcome.disposition] ?? outcome.disposition;
  const isLeft = to === `${destIP}:${destPort}` || to === `[${destIP}]:${destPort}`;
  if (!isLeft) return to;
  return outcome.disposition === 'delivered' && output === 'ACCEPT' ? 'ACCEPT' : '';
}

const VERDICTS: Partial<Record<Outcome['disposition'], string>> = { dropped: 'DROP', rejected: 'REJECT' };

function expectedOutput({ expect: { output } }: Flow): string {
  return output.split(', ').toSorted().join(', ');
}
