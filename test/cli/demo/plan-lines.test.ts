// Reading Terraform's plan text: parts in all the forms in which Terraform 1.11 prints them.
import { expect, test } from 'vitest';
import { printPlanLines, readPlanLines } from '../../../lib/cli/demo/plan-lines';

const PLAN = `
Terraform will perform the following actions:

  # gatewright_host.edge will be updated in-place
  ~ resource "gatewright_host" "edge" {
        id                   = "34900789-845b-460f-86e1-45a608dacf93"
      ~ parts                = {
          ~ "10-forwarding" = "sysctl net.ipv4.ip_forward=0" -> "sysctl net.ipv4.ip_forward=1"
          ~ "30-web"        = <<-EOT
                iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.5.75.2:3000
              - iptables -A FORWARD -s 10.5.75.3 -j DROP
              + iptables -A FORWARD -s 10.5.75.9 -m comment --comment "a - b" -j DROP
            EOT
          + "40-new"        = "iptables -A INPUT -m comment --comment \\"x\\" -j ACCEPT"
          - "~unexpected"   = <<-EOT
                iptables -t nat -A GW-X -j RETURN
                iptables -t nat -N GW-Y
            EOT -> null
            # (1 unchanged element hidden)
        }
        # (5 unchanged attributes hidden)
    }

Plan: 0 to add, 1 to change, 0 to destroy.`;

const EXPECTED = [
  { host: 'edge', part: '10-forwarding', sign: '-', line: 'sysctl net.ipv4.ip_forward=0' },
  { host: 'edge', part: '10-forwarding', sign: '+', line: 'sysctl net.ipv4.ip_forward=1' },
  { host: 'edge', part: '30-web', sign: '-', line: 'iptables -A FORWARD -s 10.5.75.3 -j DROP' },
  {
    host: 'edge',
    part: '30-web',
    sign: '+',
    line: 'iptables -A FORWARD -s 10.5.75.9 -m comment --comment "a - b" -j DROP',
  },
  { host: 'edge', part: '40-new', sign: '+', line: 'iptables -A INPUT -m comment --comment "x" -j ACCEPT' },
  { host: 'edge', part: '~unexpected', sign: '-', line: 'iptables -t nat -A GW-X -j RETURN' },
  { host: 'edge', part: '~unexpected', sign: '-', line: 'iptables -t nat -N GW-Y' },
];

test('lines of parts are read with host, part and sign; unchanged ones and other attributes are not', () => {
  expect(readPlanLines(PLAN)).toEqual(EXPECTED);
});

test("cdktf's indentation, its path behind the resource's name and colours make no difference", () => {
  const byCdktf = PLAN.replace('gatewright_host.edge will', 'gatewright_host.edge (edge) will')
    .replace('  ~ resource', '  \u001b[33m~\u001b[0m\u001b[0m resource')
    .replace(/^/gm, '            ')
    .replace('            \n', 'cluster-ip  \n');
  expect(readPlanLines(byCdktf)).toEqual(EXPECTED);
});

test('a plan without changes has no lines', () => {
  expect(readPlanLines('No changes. Your infrastructure matches the configuration.')).toEqual([]);
});

test('lines print under their host and part', () => {
  expect(
    printPlanLines(EXPECTED.slice(0, 3).map((line) => ({ ...line, sign: line.sign === '+' ? '+' : '-' }))),
  ).toBe(
    [
      'edge, part "10-forwarding"',
      '  - sysctl net.ipv4.ip_forward=0',
      '  + sysctl net.ipv4.ip_forward=1',
      'edge, part "30-web"',
      '  - iptables -A FORWARD -s 10.5.75.3 -j DROP',
    ].join('\n'),
  );
});
