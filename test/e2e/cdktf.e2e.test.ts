// The example of two hosts by cdktf, as a user types it: plan, deploy, requests, neighbours, drift beside a change of the app, destroy.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import services from '../../examples/cluster-ip/services.json';
import type { CdktfCommand } from '../../lib/cli/demo/cdktf';
import { snapshotHost } from '../../lib/cli/demo/host-snapshot';
import type { PlanLine } from '../../lib/cli/demo/plan-lines';
import { readPlanLines } from '../../lib/cli/demo/plan-lines';
import { isEven, printAnswers, sendRequests } from '../../lib/cli/demo/requests';
import { CdktfApp } from './fixtures/cdktf-app';
import { startCommand } from './fixtures/command';
import { labForFile } from './fixtures/lab-for-file';
import { byHand, observeHost, onHost } from './fixtures/observed-host';

const ROOT = resolve(__dirname, '../..');
const HOSTS = ['cloudos1', 'cloudos2'];
const SERVICE_1 = 'example/service1:http';
const NO_CHANGES = 'No changes. Your infrastructure matches the configuration.';

const around = labForFile(join(ROOT, 'examples/cluster-ip/lab.json'));
let app: CdktfApp;
let before = '';

beforeAll(async () => {
  app = new CdktfApp(around, 'main.ts');
  before = await snapshots();
});

function cdktf(command: CdktfCommand, more: Record<string, string> = {}): Promise<string> {
  return app.run(command, more);
}

async function snapshots(): Promise<string> {
  return (await Promise.all(HOSTS.map((name) => snapshotHost(around.lab, name)))).join('\n');
}

async function observed(): Promise<string> {
  return (await Promise.all(HOSTS.map((name) => observeHost(around.lab, name)))).join('\n');
}

describe.sequential('the example by cdktf', () => {
  test('the first plan only adds, for both hosts, and changes nothing on them', async () => {
    const untouched = await observed();
    const lines = readPlanLines(await cdktf('diff'));
    expect(new Set(lines.map(({ host }) => host))).toEqual(new Set(HOSTS));
    expect(lines.filter(({ sign }) => sign !== '+')).toEqual([]);
    expect(lines.length).toBeGreaterThan(80);
    expect(await observed()).toBe(untouched);
  });

  test('after deploy there is nothing to change, and that plan changes nothing either', async () => {
    await cdktf('deploy');
    const deployed = await observed();
    expect(await cdktf('diff')).toContain(NO_CHANGES);
    expect(await observed()).toBe(deployed);
  });

  test.each([
    ['cloudos1', '10.100.100.1:7070', ['os1_my1', 'os2_my1']],
    ['cloudos1', '10.100.100.2:6060', ['os1_my2', 'os2_my2']],
    ['cloudos2', '10.100.100.1:7070', ['os1_my1', 'os2_my1']],
    ['cloudos2', '10.100.100.2:6060', ['os1_my2', 'os2_my2']],
    ['os1_my1', '10.100.100.1:7070', ['os1_my1', 'os2_my1']],
    ['os1_my1', '10.100.100.2:6060', ['os1_my2', 'os2_my2']],
    ['client', '192.168.1.6:34211', ['os1_my1', 'os2_my1']],
    ['client', '192.168.1.6:34212', ['os1_my2', 'os2_my2']],
    ['client', '192.168.1.7:34211', ['os1_my1', 'os2_my1']],
    ['client', '192.168.1.7:34212', ['os1_my2', 'os2_my2']],
  ])('%s reaches %s, half of the time at each of %s', async (from, to, servers) => {
    const answers = await sendRequests(around.lab, { from, to, count: 40 });
    expect(isEven(answers, servers), printAnswers(answers)).toBe(true);
  });

  test('rules of others before and behind ours in POSTROUTING are no change', async () => {
    await onHost(
      around.lab,
      'cloudos2',
      'sh',
      '-c',
      'iptables -t nat -A POSTROUTING -s 10.9.0.0/16 -j MASQUERADE',
    );
    await byHand(around.lab, 'cloudos1', {
      nat: ['-I POSTROUTING 1 -s 10.9.0.0/16 -j MASQUERADE', '-A POSTROUTING -s 10.8.0.0/16 -j MASQUERADE'],
    });
    expect(await cdktf('diff')).toContain(NO_CHANGES);
  });

  test('drift on a host and a change of the app stand in one plan, line by line, and one deploy settles both', async () => {
    const rules = await onHost(around.lab, 'cloudos1', 'iptables', '-t', 'nat', '-S', 'GW-MARK-MASQ');
    const rule = rules.split('\n').find((line) => line.startsWith('-A')) ?? '';
    await byHand(around.lab, 'cloudos1', { nat: [rule.replace('-A', '-D')] });
    const changed = { GATEWRIGHT_EXAMPLE: withoutEndpoint('10.5.88.2') };

    const lines = readPlanLines(await cdktf('diff', changed));
    expect(lines.filter(({ part }) => part !== `50-service ${SERVICE_1}`)).toEqual([
      { host: 'cloudos1', part: '10-services', sign: '+', line: `iptables -t nat ${rule}` },
    ]);
    expect(endpointLines(lines, '+')).toEqual(['10.5.75.2', '10.5.75.2']);
    expect(new Set(endpointLines(lines, '-'))).toEqual(new Set(['10.5.75.2', '10.5.88.2']));

    await cdktf('deploy', changed);
    expect(await cdktf('diff', changed)).toContain(NO_CHANGES);
    const answers = await sendRequests(around.lab, { from: 'cloudos2', to: '10.100.100.1:7070', count: 20 });
    expect(printAnswers(answers)).toBe('os1_my1 20');
  });

  test("plain terraform works in the stack's folder, where the provider is locked", async () => {
    const folder = join(app.path, 'cdktf.out/stacks/cluster-ip');
    expect(readFileSync(join(folder, '.terraform.lock.hcl'), 'utf8')).toMatch(
      /provider "registry\.terraform\.io\/gatewright\/gatewright" \{\n {2}version +=.*\n {2}constraints = /,
    );
    const { exitCode, output } = await startCommand(['terraform', 'plan', '-input=false', '-no-color'], {
      folder,
      environment: app.environment,
    }).ended;
    expect(output).toContain(NO_CHANGES);
    expect(exitCode).toBe(0);
  });

  test('destroy leaves rules, chains, policies and forwarding as before, and the rules of others in place', async () => {
    await cdktf('destroy');
    const foreign = await snapshots();
    expect(foreign).toContain('-A POSTROUTING -s 10.9.0.0/16 -j MASQUERADE');
    await byHand(around.lab, 'cloudos1', {
      nat: ['-D POSTROUTING -s 10.9.0.0/16 -j MASQUERADE', '-D POSTROUTING -s 10.8.0.0/16 -j MASQUERADE'],
    });
    await byHand(around.lab, 'cloudos2', { nat: ['-D POSTROUTING -s 10.9.0.0/16 -j MASQUERADE'] });
    expect(await snapshots()).toBe(before);
  });
});

/** services.json with one endpoint fewer, in a file of its own. */
function withoutEndpoint(address: string): string {
  const path = join(app.path, 'services.json');
  const { service1 } = services;
  const endpoints = service1.endpoints.filter((endpoint) => endpoint.address !== address);
  writeFileSync(path, JSON.stringify({ ...services, service1: { ...service1, endpoints } }));
  return path;
}

/** The endpoints named by the balancing rules that a plan adds or removes. */
function endpointLines(lines: readonly PlanLine[], sign: PlanLine['sign']): string[] {
  return lines
    .filter((line) => line.sign === sign)
    .flatMap(({ line }) => /http -> ([\d.]+):3000"/.exec(line)?.[1] ?? []);
}
