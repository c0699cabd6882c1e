import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snapshotHost } from '../../lib/cli/demo/host-snapshot';
import { isNoChange } from '../../lib/cli/demo/story';
import type { CountingRelay } from '../bench/relay';
import { openCountingRelay } from '../bench/relay';
import { Traffic } from '../bench/traffic';
import { bareEnvironment, startCommand } from './fixtures/command';
import { gates } from './fixtures/gates';
import { hostBlock, providerBlock, reachOf } from './fixtures/hcl';
import { labForFile } from './fixtures/lab-for-file';
import { onHost } from './fixtures/observed-host';
import { TerraformFolder } from './fixtures/terraform-folder';
import { CANARY, WILD_PART, WILD_RULES, WILD_TEXT } from './fixtures/wild-lines';

const ROOT = resolve(__dirname, '../..');
const HOSTS = ['known', 'inline', 'plain', 'late'];
const SERVICE_PART = '50-service wild/web:http';
const scene = labForFile(gates(Object.fromEntries(HOSTS.map((name) => [name, {}]))));

const before = new Map<string, string>();
beforeAll(async () => {
  for (const name of HOSTS) before.set(name, await saved(name));
});

/** The lines of our chain and of the built-in one that leads to it, as iptables-save prints them. */
async function wildRulesOf(name: string): Promise<string[]> {
  return (await saved(name)).split('\n').filter((line) => /^-A (INPUT|GW-WILD) /.test(line));
}

function saved(name: string): Promise<string> {
  return snapshotHost(scene.lab, name);
}

/** The warning about parts whose text is not known yet. */
function onlyAtApply(parts: string) {
  return {
    severity: 'warning',
    summary: 'Some parts are known only at apply',
    detail: `These were neither checked nor proved: ${parts}`,
  };
}

/** No line was evaluated: not where Terraform ran, not on the host. */
async function expectNoCanary(name: string): Promise<void> {
  expect(existsSync(CANARY)).toBe(false);
  expect(await onHost(scene.lab, name, 'sh', '-c', `if [ -e ${CANARY} ]; then echo made; fi`)).toBe('');
}

describe.sequential('lines of an app, full of what shells and templates act on', () => {
  let folder: TerraformFolder;

  beforeAll(async () => {
    const path = scene.folder('app');
    const environment = { ...bareEnvironment(path), GATEWRIGHT_LAB: scene.lab.dir };
    const tsx = join(ROOT, 'node_modules/tsx/dist/cli.mjs');
    const app = [process.execPath, tsx, join(__dirname, 'fixtures/wild-app.ts')];
    const { exitCode, output } = await startCommand(app, { folder: path, environment }).ended;
    expect(exitCode, output).toBe(0);
    folder = await TerraformFolder.over(join(path, 'cdktf.out/stacks/wild'));
    Object.assign(folder.environment, { TF_VAR_visitor: '203.0.113.7', TF_VAR_endpoint: '10.5.0.3' });
  });

  test('are planned where they hold what another resource gives, and the plan names their parts', async () => {
    const messages = await folder.messages('plan', '-out=saved');
    expect(messages).toEqual([onlyAtApply(`${SERVICE_PART}, ${WILD_PART}`)]);
    await folder.must('apply', 'saved');
    expect(await folder.plan()).toSatisfy(isNoChange);
  });

  test.each([
    ['known at synthesis', 'known', []],
    ['beside what is known at apply', 'inline', ['-A GW-WILD -s 203.0.113.7/32 -j DROP']],
  ])('arrive exactly as written %s', async (_when, name, more) => {
    expect(await wildRulesOf(name)).toEqual([...WILD_RULES, ...more]);
    await expectNoCanary(name);
  });

  test('change with the address of an endpoint in that part alone', async () => {
    const first = await saved('inline');
    Object.assign(folder.environment, { TF_VAR_endpoint: '10.5.0.4' });
    expect(await folder.messages('plan', '-out=saved')).toEqual([onlyAtApply(SERVICE_PART)]);
    const plan = await folder.must('show', 'saved');
    expect([...plan.matchAll(/^ +[-+~] "(.*?)" += /gm)].map(([, part]) => part)).toEqual([SERVICE_PART]);
    expect(plan).toContain('Plan: 0 to add, 2 to change, 0 to destroy.');
    await folder.must('apply', 'saved');
    expect(first).toContain('--to-destination 10.5.0.3:8080');
    expect(await saved('inline')).toBe(first.replaceAll('10.5.0.3', '10.5.0.4'));
    expect(await folder.plan()).toSatisfy(isNoChange);
  });

  test('are destroyed without a trace', async () => {
    await folder.destroy();
    for (const name of ['known', 'inline']) {
      expect(await saved(name)).toBe(before.get(name));
      await expectNoCanary(name);
    }
  });
});

describe.sequential('plain HCL', () => {
  let folder: TerraformFolder;
  const traffic = new Traffic();
  let door: CountingRelay;

  beforeAll(async () => {
    door = await openCountingRelay(Number(reachOf(scene.lab, 'late').port), traffic);
    folder = await TerraformFolder.make(scene.folder('plain'), configuration('127.0.0.1'));
  });
  afterAll(() => {
    door.close();
  });

  function configuration(address: string): string {
    return [
      providerBlock(scene.lab),
      `resource "terraform_data" "address" {\n  input = "${address}"\n}\n`,
      hostBlock(scene.lab, { name: 'plain', parts: { [WILD_PART]: WILD_TEXT } }),
      hostBlock(scene.lab, {
        name: 'late',
        parts: { '10-forward': 'sysctl net.ipv4.ip_forward=1\n' },
        attributes: { address: 'terraform_data.address.output', port: String(door.port) },
      }),
    ].join('\n');
  }

  test('with a host whose address another resource gives is planned without a connection to it', async () => {
    const plan = await folder.plan();
    expect(plan).toContain('Warning: Planned without a look at the host');
    expect(plan).toContain('Not known before apply: address.');
    expect(plan).toContain('Plan: 3 to add, 0 to change, 0 to destroy.');
    expect(traffic.count.connections).toBe(0);
  });

  test('is applied exactly as written, and then there is nothing to change', async () => {
    await folder.apply();
    expect(traffic.count.connections).toBeGreaterThan(0);
    expect(await onHost(scene.lab, 'late', 'cat', '/proc/sys/net/ipv4/ip_forward')).toBe('1\n');
    expect(await wildRulesOf('plain')).toEqual(WILD_RULES);
    await expectNoCanary('plain');
    expect(await folder.plan()).toSatisfy(isNoChange);
  });

  test('is planned without a connection again where the address is to be another', async () => {
    const known = traffic.count.connections;
    folder.write(configuration('localhost'));
    const plan = await folder.plan('-refresh=false');
    expect(plan).toContain('Not known before apply: address.');
    expect(traffic.count.connections).toBe(known);
    await folder.apply();
    expect(await folder.plan()).toSatisfy(isNoChange);
  });

  test('is destroyed without a trace', async () => {
    await folder.destroy();
    for (const name of ['plain', 'late']) {
      expect(await saved(name)).toBe(before.get(name));
    }
  });
});
