import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCdktf } from '../../lib/cli/demo/cdktf';
import { ClusterIpService, Host, LoadBalancerService, NodePortService } from '../../lib/index';
import { lines, newHost, newStack, refusal } from '../constructs/stacks';
import { bareEnvironment } from './fixtures/command';

const ROOT = resolve(__dirname, '../..');
const TO_DO_TWICE = ['allowed: one of a kind on a host and scope', 'to do: rename or remove one of them'];

/** A service on the host that is right but for what is said of it. */
function service(host: Host, id: string, props: Partial<ConstructorParameters<typeof ClusterIpService>[2]>) {
  const endpoints = [{ address: '10.5.75.2', port: 3000 }];
  const usual = { hosts: [host], clusterIp: '10.96.0.10', port: 80, endpoints };
  return new ClusterIpService(host.cdktfStack, id, { ...usual, ...props });
}

const BAD_APPS: readonly [title: string, declare: (host: Host) => unknown, message: readonly string[]][] = [
  [
    'port 70000 of a service',
    (host) => service(host, 'web', { port: 70000 }),
    ['port is out of range', 'at: lab/web', 'given: 70000', 'allowed: 1 to 65535'],
  ],
  [
    'port 70000 of an endpoint',
    (host) => service(host, 'web', { endpoints: [{ address: '10.5.75.2', port: 70000 }] }),
    ['endpoints[0].port is out of range', 'at: lab/web', 'given: 70000', 'allowed: 1 to 65535'],
  ],
  [
    'SSH port 70000 of a host',
    ({ cdktfStack }) => new Host(cdktfStack, 'other', { address: '192.0.2.7', port: 70000 }),
    ['port is out of range', 'at: lab/other', 'given: 70000', 'allowed: 1 to 65535'],
  ],
  [
    'node port 70000',
    (host) =>
      new NodePortService(host.cdktfStack, 'outside', { service: service(host, 'web', {}), nodePort: 70000 }),
    ['nodePort is out of range', 'at: lab/outside', 'given: 70000', 'allowed: 1 to 65535'],
  ],
  [
    'a node port of two services',
    (host) => {
      for (const [id, clusterIp] of [
        ['web', '10.96.0.10'],
        ['shop', '10.96.0.11'],
      ] as const) {
        const served = service(host, id, { clusterIp });
        new NodePortService(host.cdktfStack, `${id}-outside`, { service: served, nodePort: 30080 });
      }
    },
    [
      'node port 30080/tcp is declared twice on host lab/cloudos1',
      'at: lab/shop-outside',
      'given: first by lab/web-outside, again by lab/shop-outside',
      ...TO_DO_TWICE,
    ],
  ],
  [
    'a part that is declared twice',
    (host) => {
      host.declare('10-forwarding', 'sysctl net.ipv4.ip_forward=1');
      host.declare('10-forwarding', 'sysctl net.ipv4.ip_forward=1');
    },
    [
      'part "10-forwarding" is declared twice on host lab/cloudos1',
      'at: lab/cloudos1',
      'given: twice by lab/cloudos1',
      ...TO_DO_TWICE,
    ],
  ],
  [
    'an endpoint of the other family',
    (host) =>
      service(host, 'web', {
        endpoints: [
          { address: '10.5.75.2', port: 3000 },
          { address: 'fd00::4', port: 3000 },
        ],
      }),
    [
      'endpoints[1].address is of a family of which the service has no cluster IP',
      'at: lab/web',
      'given: fd00::4',
      'allowed: endpoints of the families of clusterIp',
      'to do: give clusterIp an address of that family too, or leave the endpoint out',
    ],
  ],
  [
    'two services at one cluster IP and port',
    (host) => {
      service(host, 'web', {});
      service(host, 'shop', { externalIps: ['203.0.113.9'] });
    },
    [
      'service address 10.96.0.10:80/tcp is declared twice on host lab/cloudos1',
      'at: lab/shop',
      'given: first by lab/web, again by lab/shop',
      ...TO_DO_TWICE,
    ],
  ],
  [
    'a cluster IP with a leading zero',
    (host) => service(host, 'web', { clusterIp: '10.96.0.010' }),
    [
      'clusterIp has a number with a leading zero, which is octal to some programs and decimal to others',
      'at: lab/web',
      'given: 10.96.0.010',
      'allowed: numbers without leading zeros',
      'to do: write 10.96.0.10 if you mean that',
    ],
  ],
  [
    'an affinity timeout of 0',
    (host) => service(host, 'web', { sessionAffinity: { timeoutSeconds: 0 } }),
    ['sessionAffinity.timeoutSeconds is out of range', 'at: lab/web', 'given: 0', 'allowed: 1 to 86400'],
  ],
  [
    'a source range of a family that no address has',
    (host) =>
      new LoadBalancerService(host.cdktfStack, 'balancer', {
        service: service(host, 'web', {}),
        addresses: ['203.0.113.10'],
        sourceRanges: ['203.0.113.0/24', '2001:db8::/32'],
      }),
    [
      'a source range is of a family of which addresses has none, and would restrict nothing',
      'at: lab/balancer',
      'given: 2001:db8::/32, with addresses 203.0.113.10',
      'allowed: source ranges of the families of addresses',
      'to do: correct the range, or leave it out',
    ],
  ],
  [
    'a prefix that would give chain names of over 28 characters',
    ({ cdktfStack }) => new Host(cdktfStack, 'other', { address: '192.0.2.7', chainPrefix: 'GATEWAYS-' }),
    [
      'chainPrefix is not valid',
      'at: lab/other',
      'given: "GATEWAYS-"',
      'allowed: a letter first, then letters, digits, _ and -, the last a -, 2 to 8 characters: chain names have at most 28, and ours are up to 20 longer',
    ],
  ],
  [
    'a scope of its own without chainPrefix',
    ({ cdktfStack }) => new Host(cdktfStack, 'other', { address: '192.0.2.7', scope: 'web' }),
    [
      'a scope of its own needs a chainPrefix of its own: two scopes must not own the same chains',
      'at: lab/other',
      'given: scope web, no chainPrefix',
      'allowed: a letter first, then letters, digits, _ and -, the last a -, 2 to 8 characters: chain names have at most 28, and ours are up to 20 longer',
      "to do: choose one, such as chainPrefix: 'WEB-'",
    ],
  ],
  [
    'a part whose name begins with ~',
    (host) => {
      host.declare('~unexpected', 'iptables -A INPUT -j DROP');
    },
    [
      'names of parts that begin with ~ are kept for what a refresh finds on the host',
      'at: lab/cloudos1',
      'given: ~unexpected',
      'allowed: another first character',
      'to do: rename the part',
    ],
  ],
  [
    'a null part, as JavaScript may give it,',
    (host) => {
      Reflect.apply(host.declare.bind(host), undefined, ['10-first', null]);
    },
    [
      'part "10-first" is not text',
      'at: lab/cloudos1',
      'given: null',
      'allowed: a text, or an array of lines',
      'to do: leave the part out where there is nothing to declare',
    ],
  ],
  [
    'each of two bad lines at once',
    (host) => {
      host.declare('10-first', [
        'iptables -F',
        `iptables -A INPUT -m comment --comment ${'a'.repeat(256)} -j ACCEPT`,
      ]);
    },
    [
      'part "10-first", line 1: -F removes or replaces, and a part says what is',
      'at: lab/cloudos1',
      'given: iptables -F',
      'allowed: -N, -A, -I, -P',
      'to do: leave the line out, and the line that declares what it would remove: what no line declares is removed',
      '',
      'part "10-first", line 2: a comment has at most 255 bytes, got 256',
      'at: lab/cloudos1',
      `given: iptables -A INPUT -m comment --comment ${'a'.repeat(256)} -j ACCEPT`,
      'allowed: up to 255 bytes of UTF-8; the tools would cut the rest without a word',
      'to do: shorten it',
    ],
  ],
];

test.each(BAD_APPS)('synthesis says what is wrong with %s, and where', (_title, declare, message) => {
  expect(refusal(() => declare(newHost(newStack())))).toBe(lines(...message));
});

test('cdktf diff shows the error with the paths of the constructs, and writes no plan', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatewright-e2e-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const tsx = join(ROOT, 'node_modules/tsx/dist/cli.mjs');
  const app = `${process.execPath} ${tsx} ${join(__dirname, 'fixtures/bad-input-app.ts')}`;
  const project = { language: 'typescript', app, projectId: 'test', sendCrashReports: 'false' };
  writeFileSync(join(folder, 'cdktf.json'), JSON.stringify(project));
  const ended = runCdktf('diff', { folder, environment: bareEnvironment(folder) }).then(
    (output) => output,
    (error: unknown) => String(error),
  );
  const shown = (await ended).split('\n').map((line) => line.trim());
  expect(shown[0]).toBe('Error: cdktf diff ended with exit code 1:');
  const first = shown.findIndex((line) => line.startsWith('InvalidInput: '));
  expect(shown.slice(first, first + 5)).toEqual([
    'InvalidInput: node port 30080/tcp is declared twice on host edge/gate',
    'at: edge/shop-outside',
    'given: first by edge/web-outside, again by edge/shop-outside',
    ...TO_DO_TWICE,
  ]);
  expect(shown).not.toContain('Terraform will perform the following actions:');
});
