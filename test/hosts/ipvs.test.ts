// IPVS on a real kernel, over real SSH, with real connections through it: drift, changes in place, draining, and an apply that is killed.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sendRequests } from '../../lib/cli/demo/requests';
import { labDown } from '../../lib/lab/down';
import type { Lab } from '../../lib/lab/lab';
import { labUp } from '../../lib/lab/up';
import { holdConnection } from './fixtures/held-connection';
import { LabScenario } from './fixtures/lab-scenario';

const folder = mkdtempSync(join(tmpdir(), 'gatewright-ipvs-'));
const dir = join(folder, 'lab');
let lab: Lab;

const SERVER = { routes: ['default via 10.9.2.1'], serve: [{ port: 80, protocol: 'tcp' as const }] };

beforeAll(async () => {
  lab = await labUp(
    {
      hosts: {
        director: {
          kind: 'kernel',
          links: {
            eth0: { network: 'clients', addresses: ['10.9.1.1/24'] },
            eth1: { network: 'servers', addresses: ['10.9.2.1/24'] },
          },
        },
        client: { kind: 'bare', links: { eth0: { network: 'clients', addresses: ['10.9.1.2/24'] } } },
        web1: {
          kind: 'bare',
          links: { eth0: { network: 'servers', addresses: ['10.9.2.11/24'] } },
          ...SERVER,
        },
        web2: {
          kind: 'bare',
          links: { eth0: { network: 'servers', addresses: ['10.9.2.12/24'] } },
          ...SERVER,
        },
      },
    },
    dir,
  );
});

afterAll(async () => {
  await labDown(dir);
  rmSync(folder, { recursive: true });
});

const VIP = '10.9.1.1:80';
const FOREIGN = ['-A -u 10.9.1.1:53 -s wlc', '-a -u 10.9.1.1:53 -r 10.9.2.11:53 -g -w 1'];
const ADDRESSES = { web1: '10.9.2.11', web2: '10.9.2.12' };

const HOST = 'sysctl net.ipv4.ip_forward=1';
const SERVICE = `ipvsadm -A -t ${VIP} -s rr`;
const WEB1 = `ipvsadm -a -t ${VIP} -r 10.9.2.11:80 -m -w 1`;
const WEB2 = `ipvsadm -a -t ${VIP} -r 10.9.2.12:80 -m -w 2 -x 100 -y 80`;
const PARTS = { '10-host': HOST, '50-web': `${SERVICE}\n${WEB1}\n${WEB2}\n` };
const without = (name: keyof typeof ADDRESSES) => ({
  ...PARTS,
  '50-web': `${[SERVICE, WEB1, WEB2].filter((line) => !line.includes(ADDRESSES[name])).join('\n')}\n`,
});

let scenario: LabScenario;

beforeEach(async () => {
  await onDirector('rm -rf /var/lib/gatewright; echo 0 > /proc/sys/net/ipv4/ip_forward');
  await onDirector('modprobe ip_vs; ipvsadm -C; ipvsadm -R', `${FOREIGN.join('\n')}\n`);
  scenario = new LabScenario(lab, 'director', { drainTimeoutSeconds: 60 });
});

async function onDirector(script: string, stdin = ''): Promise<string> {
  const { exitCode, stdout, stderr } = await lab.exec('director', ['sh', '-ec', script], { stdin });
  if (exitCode !== 0) throw new Error(`${script}: ${stderr}${stdout}`);
  return stdout.trim();
}

/** As `ipvsadm -Sn` prints them, sorted. */
async function serversOnDirector(): Promise<string[]> {
  return (await onDirector('ipvsadm -Sn')).split('\n').sort();
}

const saved = (line: string): string => line.replace('ipvsadm ', '').replace(/ -x .*/, '');
const WEB = [SERVICE, WEB1, WEB2].map(saved);

async function untilDrains(name: keyof typeof ADDRESSES): Promise<void> {
  const line = `-r ${ADDRESSES[name]}:80 -m -w 0`;
  await onDirector(`until ipvsadm -Sn | grep -q -e '${line}'; do sleep 0.1; done`);
}

/** Who answers the first connection, and the other one. */
async function held(): Promise<{
  readonly connection: Awaited<ReturnType<typeof holdConnection>>;
  readonly by: keyof typeof ADDRESSES;
  readonly other: keyof typeof ADDRESSES;
}> {
  const connection = await holdConnection(lab, 'client', VIP);
  const active = await onDirector(`ipvsadm -Ln | awk '$1 == "->" && $5 > 0 { print $2 }'`);
  const by = active.startsWith(ADDRESSES.web1) ? 'web1' : 'web2';
  return { connection, by, other: by === 'web1' ? 'web2' : 'web1' };
}

async function expectAnswersOf(names: readonly string[]): Promise<void> {
  const answers = await sendRequests(lab, { from: 'client', to: VIP, count: 8 });
  expect(answers.failed).toBe(0);
  expect([...answers.byServer.keys()].sort()).toEqual(names);
}

test('servers are made, answer, and are gone after a destroy, beside those of others', async () => {
  await scenario.apply(PARTS);
  expect(await serversOnDirector()).toEqual([...WEB, ...FOREIGN].sort());
  expect(await scenario.refresh()).toEqual(PARTS);
  expect(await scenario.wording(PARTS)).toBe('prior');
  await expectAnswersOf(['web1', 'web2']);
  await scenario.destroy();
  expect(await serversOnDirector()).toEqual([...FOREIGN].sort());
  expect(
    await onDirector('cat /proc/sys/net/ipv4/ip_forward; ls -A /var/lib/gatewright 2> /dev/null || true'),
  ).toBe('0');
});

test('each kind of change by hand is shown as its line and repaired at once, and others are left alone', async () => {
  const parts = {
    weight: 'ipvsadm -A -f 1 -s wrr\nipvsadm -a -f 1 -r 10.9.2.11 -g -w 1',
    threshold: 'ipvsadm -A -f 2 -s rr\nipvsadm -a -f 2 -r 10.9.2.11:0 -m -w 1 -x 9',
    scheduler: 'ipvsadm -A -f 3 -6 -s rr -p 100 -M 64\nipvsadm -a -f 3 -6 -r 2001:db8::5 -i -w 1',
    method: 'ipvsadm -A -u 10.9.1.1:54 -s sh -b sh-port\nipvsadm -a -u 10.9.1.1:54 -r 10.9.2.11:54 -m -w 1',
    real: 'ipvsadm -A --sctp-service 10.9.1.1:55 -s lc\nipvsadm -a --sctp-service 10.9.1.1:55 -r 10.9.2.11:55 -m',
    virtual: 'ipvsadm -A -t 10.9.1.1:0 -s rr -p\nipvsadm -a -t 10.9.1.1:0 -r 10.9.2.11 -m',
    more: 'ipvsadm -A -f 4 -s rr',
  };
  await scenario.apply(parts);
  const before = await serversOnDirector();
  expect(await scenario.refresh()).toEqual(parts);
  const hands = [
    '-e -f 1 -r 10.9.2.11:0 -g -w 9',
    '-e -f 2 -r 10.9.2.11:0 -m -w 1',
    '-E -f 3 -6 -s wlc -p 100 -M 64',
    '-e -u 10.9.1.1:54 -r 10.9.2.11:54 -g -w 1',
    '-d --sctp-service 10.9.1.1:55 -r 10.9.2.11:55',
    '-D -t 10.9.1.1:0',
    '-a -f 4 -r 10.9.2.99:0 -m -w 1',
  ];
  await onDirector('ipvsadm -R', `${hands.join('\n')}\n`);
  expect(await scenario.refresh()).toEqual({
    more: parts.more,
    weight: 'ipvsadm -A -f 1 -s wrr\nipvsadm -a -f 1 -r 10.9.2.11:0 -g -w 9',
    threshold: 'ipvsadm -A -f 2 -s rr\nipvsadm -a -f 2 -r 10.9.2.11:0 -m -w 1',
    scheduler: 'ipvsadm -A -f 3 -6 -s wlc -p 100 -M 64\nipvsadm -a -f 3 -6 -r 2001:db8::5 -i -w 1',
    method: 'ipvsadm -A -u 10.9.1.1:54 -s sh -b sh-port\nipvsadm -a -u 10.9.1.1:54 -r 10.9.2.11:54 -g -w 1',
    real: 'ipvsadm -A --sctp-service 10.9.1.1:55 -s lc',
    '~unexpected': 'ipvsadm -a -f 4 -r 10.9.2.99:0 -m -w 1\n',
  });
  await scenario.apply(parts);
  expect(await serversOnDirector()).toEqual(before);
  expect(await scenario.wording(parts)).toBe('prior');
});

test('another scheduler and other weights leave an established connection as it is', async () => {
  await scenario.apply(PARTS);
  await scenario.refresh();
  const { connection, by } = await held();
  await scenario.apply({
    '10-host': HOST,
    '50-web': `${SERVICE.replace('rr', 'wlc')}\n${WEB1} -x 9\n${WEB2.replace('-w 2', '-w 7')}`,
  });
  expect(await connection.ask()).toBe(`${by} 10.9.1.2`);
});

describe('a real server that is no longer declared', () => {
  test('keeps the connection that it has until that ends, while new ones go elsewhere', async () => {
    await scenario.apply(PARTS);
    await scenario.refresh();
    const { connection, by, other } = await held();
    const applied = scenario.apply(without(by));
    await untilDrains(by);
    await expectAnswersOf([other]);
    expect(await connection.ask()).toBe(`${by} 10.9.1.2`);
    await applied;
    expect(scenario.notes).toEqual([]);
    expect((await serversOnDirector()).filter((line) => line.includes(ADDRESSES[by]))).toEqual(
      FOREIGN.filter((line) => line.includes(ADDRESSES[by])),
    );
    expect(await scenario.refresh()).toEqual(without(by));
  });

  test('is removed by the next apply where this one was killed, and is no drift until then', async () => {
    await scenario.apply(PARTS);
    await scenario.refresh();
    const { connection, by, other } = await held();
    const given = [dir, 'director', JSON.stringify(without(by)), JSON.stringify(scenario.state)];
    const client = fork(join(import.meta.dirname, 'fixtures/drain-once.ts'), given, {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const ended = once(client, 'exit');
    await untilDrains(by);
    await onDirector('until grep -q draining /var/lib/gatewright/current/manifest.json; do sleep 0.1; done');
    client.kill('SIGKILL');
    await ended;
    expect(await scenario.refresh()).toEqual(without(by));
    expect(await scenario.wording(without(by))).toBe('prior');
    await expectAnswersOf([other]);
    expect(await connection.ask()).toBe(`${by} 10.9.1.2`);
    await scenario.apply({ ...without(by), '60-more': 'sysctl net.ipv4.vs.conn_reuse_mode=1' });
    expect(await onDirector(`ipvsadm -Sn | grep -c -e '${ADDRESSES[by]}:80' || true`)).toBe('0');
    expect(await onDirector('cat /var/lib/gatewright/current/manifest.json')).not.toContain('draining');
  });
});

test('a destroy lets connections end before anything goes that they need', async () => {
  await scenario.apply(PARTS);
  await scenario.refresh();
  const { connection, by } = await held();
  const destroyed = scenario.destroy();
  await untilDrains(by);
  expect(await onDirector('cat /proc/sys/net/ipv4/ip_forward')).toBe('1');
  expect(await connection.ask()).toBe(`${by} 10.9.1.2`);
  await destroyed;
  expect(await serversOnDirector()).toEqual([...FOREIGN].sort());
});
