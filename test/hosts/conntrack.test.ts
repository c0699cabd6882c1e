// Clients that keep one UDP socket, through real hosts: an apply moves them to the endpoints that are left, and touches nobody else's entries.
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { HostFile } from '../../lib/lab/spec';
import type { Parts } from '../../lib/model/declaration';
import { errorOf } from '../converge/scenario';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { holdConnection } from './fixtures/held-connection';
import { KILL_TRANSACTION } from './fixtures/faults';
import { LabScenario } from './fixtures/lab-scenario';
import { UdpClient } from './fixtures/udp-client';
import { dnsService, dnsService6, portForward } from './fixtures/udp-services';

const SERVES = [
  { port: 5353, protocol: 'udp' },
  { port: 80, protocol: 'tcp' },
] as const;

/** An upstream that takes what no rule of ours translates, and never answers. */
const UPSTREAM = '10.9.2.99';

function gateway(number: number, more: Partial<HostFile>): HostFile {
  const clients = { network: 'clients', addresses: [`10.9.1.${number}/24`, `fd00:1::${number}/64`] };
  const pods = { network: 'pods', addresses: [`10.9.2.${number}/24`, `fd00:2::${number}/64`] };
  return {
    kind: 'namespace',
    links: { eth0: clients, eth1: pods },
    routes: [`default via ${UPSTREAM}`],
    sysctls: { 'net.ipv4.ip_forward': 1 },
    ...more,
  };
}

function pod(number: number): HostFile {
  const addresses = [`10.9.2.${number}/24`, `fd00:2::${number}/64`];
  return {
    kind: 'bare',
    links: { eth0: { network: 'pods', addresses } },
    // Answers go back through the gateway that the client is behind.
    routes: ['default via 10.9.2.1', 'default via fd00:2::1', '10.9.1.3/32 via 10.9.2.2'],
    serve: [...SERVES],
  };
}

const client = (number: number, via: number): HostFile => ({
  kind: 'bare',
  links: { eth0: { network: 'clients', addresses: [`10.9.1.${number}/24`, `fd00:1::${number}/64`] } },
  routes: [`default via 10.9.1.${via}`, `default via fd00:1::${via}`],
});

const run = labForFile({
  hosts: {
    gw: gateway(1, {}),
    plain: gateway(2, { without: ['conntrack'] }),
    client: client(4, 1),
    other: client(3, 2),
    one: pod(11),
    two: pod(12),
    upstream: { kind: 'bare', links: { eth0: { network: 'pods', addresses: [`${UPSTREAM}/24`] } } },
  },
});

const CLUSTER = '10.96.0';
const ONE = '10.9.2.11';
const TWO = '10.9.2.12';
const dns = (...endpoints: readonly string[]): Parts => dnsService(CLUSTER, endpoints);

let scenario: LabScenario;
const start = (from: string, address: string, port: number): UdpClient =>
  UdpClient.start(run.lab, from, address, port);

beforeEach(() => {
  scenario = new LabScenario(run.lab, 'gw');
});

afterEach(async () => {
  Object.assign(scenario.target, { probes: [] });
  if (scenario.state !== undefined) {
    await scenario.refresh();
    await scenario.destroy();
  }
  await scenario.close();
});

describe('a client that goes on sending from one socket', () => {
  test.each<[string, string, number, Parts, Parts]>([
    ['a cluster IP', `${CLUSTER}.10`, 53, dns(ONE), dns(TWO)],
    ['a node port', '10.9.1.1', 30053, dns(ONE), dns(TWO)],
    ["a load balancer's address", '192.0.2.53', 53, dns(ONE), dns(TWO)],
    ['a cluster IP of IPv6', 'fd00:96::10', 53, dnsService6(['fd00:2::11']), dnsService6(['fd00:2::12'])],
    ['a forwarded port', '10.9.1.1', 30054, portForward(ONE), portForward(TWO)],
  ])('to %s is answered by the endpoint that is left', async (_way, address, port, before, after) => {
    await scenario.apply(before);
    const sender = start('client', address, port);
    await sender.isAnsweredBy('one');
    await scenario.apply(after);
    expect(scenario.notes).toEqual([]);
    // It sends ten times a second: one may be under way.
    await sender.next(2);
    expect(new Set(await sender.next(10))).toEqual(new Set(['two']));
  });

  test.each<[string, string, number]>([
    ['a cluster IP', `${CLUSTER}.10`, 53],
    ['a node port', '10.9.1.1', 30053],
  ])('to %s is answered by the first endpoint of a service that had none', async (_way, address, port) => {
    // Without a rule that needs it, the kernel tracks nothing.
    await scenario.apply(portForward(TWO));
    const sender = start('client', address, port);
    await expect
      .poll(async () => (await entries()).filter((entry) => entry.includes(`dst=${address} `)), {
        timeout: 5000,
      })
      .toHaveLength(1);
    await scenario.apply({ ...portForward(TWO), ...dns(ONE) });
    await sender.isAnsweredBy('one');
  });

  test('is answered by nobody where its service has lost all endpoints', async () => {
    await scenario.apply(dns(ONE));
    const sender = start('client', `${CLUSTER}.10`, 53);
    await sender.isAnsweredBy('one');
    await scenario.apply(dns());
    const answered = sender.answers.length;
    // An answer that is on its way meanwhile makes an entry of its own, from the endpoint to the client.
    const toService = async () => (await entries()).filter((each) => each.includes(`dst=${CLUSTER}.10`));
    await expect.poll(() => toService().then((all) => all.join('\n')), { timeout: 5000 }).not.toContain(ONE);
    expect(sender.answers.length - answered).toBeLessThan(5);
  });

  test.each([
    ['not confirmed', 'true'],
    ['killed', KILL_TRANSACTION],
  ])(
    'comes back to the old endpoint where it came while an apply was made that is %s',
    async (_how, fault) => {
      await scenario.apply(dns(ONE));
      Object.assign(scenario.target, {
        probes: [{ kind: 'command', command: ['false'], timeoutSeconds: 6 }],
      });
      const applying = errorOf(scenario.apply(dns(TWO)));
      const verified = 'until [ -e /run/gatewright/armed/verified ]; do sleep 0.05; done';
      await run.lab.exec('gw', ['sh', '-c', verified]);
      const sender = start('client', `${CLUSTER}.10`, 53);
      await sender.isAnsweredBy('two');
      await run.lab.exec('gw', ['sh', '-c', fault]);
      await sender.isAnsweredBy('one');
      expect(await applying).toMatchObject({ undone: true });
    },
  );

  test('keeps its endpoint, and its entry, where an apply is rolled back', async () => {
    await scenario.apply(dns(ONE));
    const sender = start('client', `${CLUSTER}.10`, 53);
    await sender.isAnsweredBy('one');
    const before = await entries();
    Object.assign(scenario.target, { probes: [{ kind: 'command', command: ['false'], timeoutSeconds: 1 }] });
    expect(await errorOf(scenario.apply(dns(TWO)))).toMatchObject({ undone: true });
    expect(await entries()).toEqual(before);
    expect(new Set(await sender.next(5))).toEqual(new Set(['one']));
  });
});

test("other services' clients, those who speak to an endpoint itself, and TCP keep their entries", async () => {
  await scenario.apply({ ...dns(ONE, TWO), ...portForward(TWO), '60-web': WEB });
  // A client of the test before may have sent once more after its rules had gone.
  await run.lab.exec('gw', ['conntrack', '-F']);
  const others = [start('client', '10.9.1.1', 30054), start('client', ONE, 5353)];
  await Promise.all([others[0]?.isAnsweredBy('two'), others[1]?.isAnsweredBy('one')]);
  const connection = await holdConnection(run.lab, 'client', '10.96.0.80:80');
  const before = await entries();
  expect(before, before.join('\n')).toHaveLength(3);
  await scenario.apply({ ...dns(), ...portForward(TWO), '60-web': WEB });
  expect(await entries()).toEqual(before);
  expect(await connection.ask()).toBe('one 10.9.1.4');
});

const WEB = [
  `iptables -t nat -A PREROUTING -d 10.96.0.80 -p tcp --dport 80 -j DNAT --to-destination ${ONE}:80`,
  '',
].join('\n');

test('an apply whose tool fails is a success, and a warning tells who may be stuck', async () => {
  const fails = '#!/bin/sh\necho told to fail >&2\nexit 2\n';
  await scenario.apply(dns(ONE));
  const sender = start('client', `${CLUSTER}.10`, 53);
  await sender.isAnsweredBy('one');
  const tool = '/usr/local/sbin/conntrack';
  await run.lab.exec('gw', ['sh', '-c', `cat > ${tool} && chmod 755 ${tool}`], { stdin: fails });
  onTestFinished(async () => {
    await run.lab.exec('gw', ['rm', tool]);
  });
  await scenario.apply(dns(TWO));
  expect(scenario.notes.map(({ summary }) => summary)).toEqual([
    'gw:22: conntrack entries of UDP could not be deleted',
  ]);
  expect(scenario.notes[0]?.detail).toContain(
    `told to fail\nThey may still be there:\nudp 0.0.0.0:30053 -> ${ONE}:5353\n`,
  );
  expect(new Set(await sender.next(5))).toEqual(new Set(['one']));
});

describe('on a host without conntrack(8)', () => {
  beforeEach(() => {
    scenario = new LabScenario(run.lab, 'plain');
  });

  test('a plan warns, and the client stays with the endpoint that is gone', async () => {
    await scenario.apply(dns(ONE));
    const sender = start('other', `${CLUSTER}.10`, 53);
    await sender.isAnsweredBy('one');
    const { notes } = await scenario.plan(dns(TWO));
    expect(notes.map(({ summary }) => summary)).toEqual([
      'plain:22 has no conntrack(8): UDP clients that go on sending keep the endpoint that they have',
    ]);
    expect(notes[0]?.detail).toContain(`udp ${CLUSTER}.10:53 -> ${ONE}:5353\n`);
    await scenario.applyOnly(dns(TWO));
    expect(new Set(await sender.next(20))).toEqual(new Set(['one']));
    const fresh = start('other', `${CLUSTER}.10`, 53);
    await fresh.isAnsweredBy('two');
  });
});

/** Conntrack entries of the gateway by what tells one from another that took its place; those of SSH are no client's. */
async function entries(): Promise<readonly string[]> {
  const { stdout } = await run.lab.exec('gw', ['conntrack', '-L', '-o', 'id']);
  return stdout
    .split('\n')
    .filter((line) => line.includes('src=10.9.1.4 '))
    .map((line) => line.replace(/^(\S+ +\d+) \d+ /, '$1 ').replace(/ (use|mark|\[\w+\])\S*/g, ''))
    .sort();
}
