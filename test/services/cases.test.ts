// Each golden case of kube-proxy, as text: what is given, laid out in parts and printed, is what stands in expected.iptables.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { layOut } from '../../lib/services/lay-out';
import { parseParts } from '../../lib/syntax/parts';
import { printDeclaration } from '../../lib/syntax/print';
import type { KubeProxyCase } from './kube-proxy-case';
import { readCases, toHostedServices } from './kube-proxy-case';

const CASES = readCases('kube-proxy');

test('there are all of the cases', () => {
  expect(CASES).toHaveLength(35);
});

function printParts(given: KubeProxyCase): readonly (readonly [part: string, text: string])[] {
  return [...layOut(toHostedServices(given))].map(([part, declarations]) => [
    part,
    declarations.map((each) => `${printDeclaration(each)}\n`).join(''),
  ]);
}

test.each(CASES)('%s reads back as parts without a problem', (_name, given) => {
  expect(parseParts(Object.fromEntries(printParts(given))).problems).toEqual([]);
});

test.each(CASES)('%s is laid out as its golden file says', async (name, given) => {
  const text = printParts(given)
    .map(([part, lines]) => `# ${part}\n${lines}`)
    .join('\n');
  const path = join(__dirname, '..', 'cases/kube-proxy', name, 'expected.iptables');
  await expect(text).toMatchFileSnapshot(path);
});

test.each(CASES.filter(([, given]) => given.expectKubeFirewallMartianRule !== undefined))(
  '%s drops what neighbours send to loopback, if kube-proxy does',
  (_name, given) => {
    const rule =
      '-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP\n';
    const text = printParts(given)
      .map(([, lines]) => lines)
      .join('');
    expect(text.includes(rule)).toBe(given.expectKubeFirewallMartianRule);
  },
);
