// Lockout on real hosts that are reached by their own link: what a plan refuses does lock out, and what it lets pass does not.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readLive } from '../../lib/converge/read-live';
import { remoteHost } from '../../lib/converge/remote-host';
import { labDown } from '../../lib/lab/down';
import type { Lab } from '../../lib/lab/lab';
import type { HostFile } from '../../lib/lab/spec';
import { labUp } from '../../lib/lab/up';
import { InvalidInput } from '../../lib/model/errors';
import { connect } from '../../lib/ssh/connect';
import { LabSubject } from '../contract/lab-subject';
import { errorOf } from '../converge/scenario';
import { getsIn } from './fixtures/gets-in';
import { LabScenario } from './fixtures/lab-scenario';

const folder = mkdtempSync(join(tmpdir(), 'gatewright-lockout-'));
const BACK_ENDS = ['nft', 'legacy'] as const;
const SHELLS = ['bash', 'busybox'] as const;
let lab: Lab;

beforeAll(async () => {
  const hosts = [...BACK_ENDS, ...SHELLS].map((name, index): [string, HostFile] => [
    name,
    {
      kind: 'namespace',
      iptables: name === 'legacy' ? 'legacy' : 'nft',
      users: [{ name: 'ops', sudo: 'nopasswd' }],
      links: {
        eth0: { network: 'lan', addresses: [`192.0.2.${index + 6}/24`] },
        eth1: { network: 'inside', addresses: [`10.1.0.${index + 6}/24`] },
      },
    },
  ]);
  const networks = { lan: { operator: '192.0.2.1/24' }, inside: {} };
  lab = await labUp({ networks, hosts: Object.fromEntries(hosts) }, join(folder, 'lab'));
});

afterAll(async () => {
  await labDown(join(folder, 'lab'));
  rmSync(folder, { recursive: true });
});

const ACCEPT = 'iptables -A INPUT -p tcp --dport 22 -j ACCEPT';
const ESTABLISHED = 'iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT';

describe.each(BACK_ENDS)('on a host with iptables-%s', (name) => {
  let subject: LabSubject;
  let scenario: LabScenario;

  beforeAll(async () => {
    subject = await LabSubject.open(lab, name);
  });
  beforeEach(async () => {
    await subject.reset();
    scenario = new LabScenario(lab, name);
  });
  afterAll(async () => {
    await scenario.close();
    subject.close();
  });

  test.each<[string, readonly string[], string | undefined]>([
    ['a policy DROP', ['iptables -P INPUT DROP'], 'line 1'],
    ['an accept below the drop', ['iptables -A INPUT -i eth0 -j DROP', ACCEPT], 'line 1'],
    [
      'NEW accepted, and nothing that follows',
      [ACCEPT.replace(' -j', ' -m conntrack --ctstate NEW -j'), 'iptables -P INPUT DROP'],
      'line 2',
    ],
    [
      'the SSH port sent to another host',
      ['iptables -t nat -A PREROUTING -p tcp --dport 22 -j DNAT --to-destination 10.1.0.9'],
      'line 1',
    ],
    [
      'the SSH port sent to another port',
      ['iptables -t nat -A PREROUTING -i eth0 -p tcp --dport 22 -j REDIRECT --to-ports 2222'],
      'line 1',
    ],
    [
      'NOTRACK before a ctstate rule',
      [
        'iptables -A INPUT -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT',
        'iptables -P INPUT DROP',
        'iptables -t raw -A PREROUTING -p tcp --dport 22 -j NOTRACK',
      ],
      'line 2',
    ],
    ['answers dropped', ['iptables -A OUTPUT -o eth0 -p tcp --sport 22 -j DROP'], 'line 1'],
    ['answers dropped on the way out', ['iptables -t mangle -A POSTROUTING -d 192.0.2.1 -j DROP'], 'line 1'],
    [
      'a way through a chain',
      [
        'iptables -N GW-SSH',
        'iptables -A INPUT -p tcp --dport 22 -j GW-SSH',
        'iptables -A GW-SSH -s 192.0.2.0/24 -j RETURN',
        'iptables -A INPUT -i eth0 -p tcp -m multiport --dports 22,23 -j REJECT',
      ],
      'line 4',
    ],
    ['a policy DROP below an accept', [ACCEPT, ESTABLISHED, 'iptables -P INPUT DROP'], undefined],
    ['an accept by device', ['iptables -A INPUT -i eth0 -j ACCEPT', 'iptables -P INPUT DROP'], undefined],
    [
      'a drop by another device',
      ['iptables -A INPUT -i eth1 -j DROP', 'iptables -A INPUT ! -s 192.0.2.0/24 -j DROP'],
      undefined,
    ],
  ])('%s: what is planned is what becomes of a new connection', async (_name, lines, at) => {
    const plan = scenario.plan({ wall: lines.join('\n') });
    if (at === undefined) expect((await plan).notes).toEqual([]);
    else
      expect(await errorOf(plan)).toMatchObject({
        problems: [{ code: 'lockout', at: `part "wall", ${at}` }],
      });
    expect(await getsIn(lab, name)).toBe(true);
    await subject.exec(['sh', '-ec', lines.join('\n')]);
    expect(await getsIn(lab, name)).toBe(at === undefined);
  });

  test('the text of a refusal', async () => {
    const error = await errorOf(scenario.plan({ wall: 'iptables -P INPUT DROP' }));
    expect(error instanceof InvalidInput ? error.message.split('\n') : error).toEqual([
      `the apply would lock out SSH from 192.0.2.1 (where this session comes from) to ${await addressOf(subject)}:22`,
      `packet: the first packet of a new connection, tcp 192.0.2.1:* -> ${await addressOf(subject)}:22, in by eth0`,
      'dropped: table filter, chain INPUT, by its policy DROP',
      'because of a line that is new:',
      'at: part "wall", line 1',
      'given: iptables -P INPUT DROP',
      'to do: let it in above: `iptables -I INPUT -s 192.0.2.1 -p tcp --dport 22 -j ACCEPT`; or set allow_lockout = true, and have another way in',
    ]);
  });

  test('what is left out later is refused, at plan, at apply and at destroy', async () => {
    await scenario.apply({ ssh: [ACCEPT, ESTABLISHED].join('\n') });
    await subject.exec(['iptables', '-P', 'INPUT', 'DROP']);
    expect(await getsIn(lab, name)).toBe(true);
    const problems = [{ code: 'lockout', at: 'part "ssh", line 1' }];
    const parts = { ssh: ESTABLISHED };
    expect(await errorOf(scenario.plan(parts))).toMatchObject({ problems });
    expect(await errorOf(scenario.applyOnly(parts))).toMatchObject({ problems });
    expect(await errorOf(scenario.destroy())).toMatchObject({ problems });
    expect(await getsIn(lab, name)).toBe(true);
    await subject.exec(['iptables', '-P', 'INPUT', 'ACCEPT']);
    await scenario.destroy();
  });
});

async function addressOf(subject: LabSubject): Promise<string> {
  const shown = await subject.exec(['ip', '-o', '-4', 'addr', 'show', 'dev', 'eth0']);
  return /inet ([\d.]+)\//.exec(shown)?.[1] ?? '';
}

test.each<['nft' | (typeof SHELLS)[number], string]>([
  ['nft', 'root'],
  ['nft', 'ops'],
  ['bash', 'ops'],
  ['busybox', 'ops'],
])('a host with %s tells %s how the session came', async (name, user) => {
  const shells = SHELLS.find((shell) => shell === name);
  const subject = await LabSubject.open(lab, name, shells ?? 'dash');
  const { target } = new LabScenario(lab, name);
  const host = lab.host(name);
  if (host.kind === 'bare') throw new Error(`${name} has no SSH`);
  const { address, port, privateKeyPath, hostKey } = host;
  const connection = await connect({
    address,
    port,
    user,
    privateKeyPath,
    hostKey,
    agent: false,
    sudo: user !== 'root',
  });
  const { live } = await readLive(remoteHost(connection), target, { parts: {} });
  expect(live.cameBy).toMatchObject({
    family: 'ipv4',
    client: '192.0.2.1',
    server: await addressOf(subject),
    port: 22,
    devices: ['lo', 'eth0', 'eth1'],
    device: 'eth0',
    serverDevice: 'eth0',
  });
  connection.close();
  subject.close();
});
