import { copyFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { snapshotHost } from '../../lib/cli/demo/host-snapshot';
import { isEven, sendRequests } from '../../lib/cli/demo/requests';
import { isNoChange } from '../../lib/cli/demo/story';
import { bareEnvironment, startCommand } from './fixtures/command';
import { hostBlock, providerBlock, reachOf } from './fixtures/hcl';
import { labForFile } from './fixtures/lab-for-file';
import { byHand, onHost } from './fixtures/observed-host';
import { runbook } from './fixtures/runbook';
import { shownLines } from './fixtures/shown-lines';
import { TerraformFolder } from './fixtures/terraform-folder';

const HOSTS = { cloudos1: '192.168.1.6', cloudos2: '192.168.1.7' };
const ROOT = resolve(__dirname, '..', '..');
const scene = labForFile(join(ROOT, 'examples', 'cluster-ip', 'lab.json'));

describe('the runbook of seed 003 in a folder of plain HCL', () => {
  let folder: TerraformFolder;
  let before: string;

  beforeAll(async () => {
    before = await snapshots();
    const path = scene.folder('hcl');
    const place = { folder: ROOT, environment: bareEnvironment(path) };
    const { exitCode } = await startCommand(['npm', 'run', 'provider:install', '--', path], place).ended;
    expect(exitCode).toBe(0);
    folder = await TerraformFolder.make(path, configuration());
  });

  beforeEach(() => {
    folder.write(configuration());
  });

  test('is applied as it stands, and then there is nothing to change', async () => {
    const plan = await folder.plan();
    expect(shownLines(plan).every((line) => line.includes('" + '))).toBe(true);
    expect(plan).toContain('Plan: 2 to add, 0 to change, 0 to destroy.');
    expect(await folder.apply()).toContain('Apply complete! Resources: 2 added, 0 changed, 0 destroyed.');
    expect(await folder.plan()).toSatisfy(isNoChange);
  });

  test.each([
    ['cloudos1', '10.100.100.1:7070', ['os1_my1', 'os2_my1']],
    ['cloudos2', '10.100.100.2:6060', ['os1_my2', 'os2_my2']],
    ['os2_my1', '10.100.100.1:7070', ['os1_my1', 'os2_my1']],
    ['client', '192.168.1.6:34211', ['os1_my1', 'os2_my1']],
    ['client', '192.168.1.7:34212', ['os1_my2', 'os2_my2']],
  ])('serves %s at %s by all of its endpoints', async (from, to, servers) => {
    const answers = await sendRequests(scene.lab, { from, to, count: 40 });
    expect(answers).toSatisfy(() => isEven(answers, servers), JSON.stringify([...answers.byServer]));
  });

  test('has nothing to change after others put rules before, between and after ours', async () => {
    for (const name of Object.keys(HOSTS)) {
      await byHand(scene.lab, name, {
        nat: [
          '-I POSTROUTING 1 -s 203.0.113.1 -j RETURN',
          '-I POSTROUTING 3 -s 203.0.113.2 -j RETURN',
          '-A POSTROUTING -s 203.0.113.3 -j RETURN',
        ],
      });
    }
    expect(await folder.plan()).toSatisfy(isNoChange);
  });

  test('is taken into an empty state by `terraform import`, and then there is nothing to change', async () => {
    folder.forgetState();
    for (const name of Object.keys(HOSTS)) {
      expect(await folder.must('import', `gatewright_host.${name}`, importId(name))).toContain(
        'Import successful!',
      );
    }
    expect(await folder.plan()).toSatisfy(isNoChange);
  });

  test('is taken into an empty state by import blocks, with nothing to change on the way', async () => {
    folder.forgetState();
    const imports = Object.keys(HOSTS).map(
      (name) => `import {\n  to = gatewright_host.${name}\n  id = "${importId(name)}"\n}\n`,
    );
    folder.write(`${configuration()}${imports.join('')}`);
    expect(await folder.apply()).toContain(
      'Apply complete! Resources: 2 imported, 0 added, 0 changed, 0 destroyed.',
    );
    folder.write(configuration());
    expect(await folder.plan()).toSatisfy(isNoChange);
  });

  test('has nothing to change when its lines are worded otherwise', async () => {
    folder.write(
      configuration((text) =>
        text
          .replace('# marked packets', '# all packets that carry the mark')
          .replace('sysctl net.ipv4.ip_forward=1', '\n  sysctl -w net/ipv4/ip_forward=1')
          .replaceAll('-t nat -A KUBE-SVC-1 ', '--append KUBE-SVC-1 --table nat ')
          .replaceAll('--set-mark 0x4000', '--set-xmark 0x4000/0xffffffff')
          .replaceAll('--probability 0.5', '--probability 0.50000000000')
          .replaceAll('-d 10.100.100.2 ', '--destination 10.100.100.2/32 ')
          .replaceAll(' -p tcp -m tcp --dport', ' -p tcp --dport'),
      ),
    );
    expect(await folder.plan()).toSatisfy(isNoChange);
  });

  test('is repaired after a refresh that stored what it found', async () => {
    const endpoint = 'iptables -t nat -A KUBE-SEP-os1my1 -s 10.5.75.2 -j KUBE-MARK-MASQ';
    await byHand(scene.lab, 'cloudos1', {
      nat: ['-D KUBE-SEP-os1my1 -s 10.5.75.2 -j KUBE-MARK-MASQ', '-A KUBE-SVC-1 -p udp -j RETURN'],
    });
    await folder.apply('-refresh-only');
    expect(folder.stateOf('cloudos1')?.parts).toMatchObject({
      '~unexpected': 'iptables -t nat -A KUBE-SVC-1 -p udp -j RETURN\n',
      '50-service1': expect.not.stringContaining(endpoint) as string,
    });
    const lines = [
      `cloudos1 "50-service1" + ${endpoint}`,
      'cloudos1 "~unexpected" - iptables -t nat -A KUBE-SVC-1 -p udp -j RETURN',
    ];
    expect(shownLines(await folder.plan())).toEqual(lines);
    expect(shownLines(await folder.apply())).toEqual(lines);
    expect(await folder.plan()).toSatisfy(isNoChange);
  });

  test('a saved plan is refused where a line of ours was changed since, and the line is named', async () => {
    folder.write(configuration((text) => text.replaceAll('34212', '34213')));
    await folder.plan('-out=saved');
    await byHand(scene.lab, 'cloudos1', { nat: ['-D KUBE-SVC-1 -j KUBE-SEP-os2my1'] });
    const live = await snapshotHost(scene.lab, 'cloudos1');
    const refusals = (await folder.messages('apply', 'saved')).filter(({ severity }) => severity === 'error');
    expect(refusals).toEqual([
      {
        severity: 'error',
        summary: 'Host was changed since the plan',
        detail: [
          `${endpointOf('cloudos1')}: what scope "default" owns was changed since the plan was made`,
          'part "50-service1":',
          '  - iptables -t nat -A KUBE-SVC-1 -j KUBE-SEP-os2my1',
          'Nothing was changed.',
          'to do: plan again, look at what changed, and apply the new plan',
        ].join('\n'),
      },
    ]);
    expect(await snapshotHost(scene.lab, 'cloudos1')).toBe(live);
    expect(shownLines(await folder.apply())).toContain(
      'cloudos1 "50-service1" + iptables -t nat -A KUBE-SVC-1 -j KUBE-SEP-os2my1',
    );
    expect(await folder.plan()).toSatisfy(isNoChange);
  });

  test('a saved plan is applied where others changed their own rules since', async () => {
    await folder.plan('-out=saved');
    await byHand(scene.lab, 'cloudos1', { nat: ['-I POSTROUTING 2 -s 203.0.113.9 -j RETURN'] });
    await folder.must('apply', 'saved');
    expect(await folder.plan()).toSatisfy(isNoChange);
  });

  test('is destroyed without touching what others put there, and destroying again is no error', async () => {
    expect(await folder.destroy()).toContain('Destroy complete! Resources: 2 destroyed.');
    expect(await folder.destroy()).toContain('Destroy complete! Resources: 0 destroyed.');
    expect(await onHost(scene.lab, 'cloudos1', 'iptables', '-t', 'nat', '-S', 'POSTROUTING')).toBe(
      [
        '-P POSTROUTING ACCEPT',
        '-A POSTROUTING -s 203.0.113.1/32 -j RETURN',
        '-A POSTROUTING -s 203.0.113.9/32 -j RETURN',
        '-A POSTROUTING -s 203.0.113.2/32 -j RETURN',
        '-A POSTROUTING -s 203.0.113.3/32 -j RETURN',
        '',
      ].join('\n'),
    );
    for (const name of Object.keys(HOSTS)) await onHost(scene.lab, name, 'iptables', '-t', 'nat', '-F');
    expect(await snapshots()).toBe(before);
  });

  test('a copy of the state of what is gone removes nothing of its successor, and says so', async () => {
    await folder.apply();
    const state = join(folder.path, 'terraform.tfstate');
    copyFileSync(state, join(folder.path, 'copy'));
    await folder.destroy();
    await folder.apply();
    copyFileSync(state, join(folder.path, 'successor'));
    const live = await snapshots();
    copyFileSync(join(folder.path, 'copy'), state);
    expect(await folder.destroy()).toMatch(
      /Warning: Scope "default" on 127\.0\.0\.1:\d+ belongs to another state: nothing is removed there/,
    );
    expect(await snapshots()).toBe(live);
    copyFileSync(join(folder.path, 'successor'), state);
    await folder.destroy();
    expect(await snapshots()).toBe(before);
  });
});

/** Both hosts; `reword` is given each part's text. */
function configuration(reword: (text: string) => string = (text) => text): string {
  const hosts = Object.entries(HOSTS).map(([name, address]) => {
    const parts = Object.entries(runbook(address)).map(([part, text]) => [part, reword(text)]);
    return hostBlock(scene.lab, { name, parts: Object.fromEntries(parts) as Record<string, string> });
  });
  return `${providerBlock(scene.lab)}${hosts.join('')}`;
}

function importId(name: string): string {
  return `default@${endpointOf(name)}`;
}

function endpointOf(name: string): string {
  return `127.0.0.1:${reachOf(scene.lab, name).port}`;
}

async function snapshots(): Promise<string> {
  const texts = await Promise.all(Object.keys(HOSTS).map((name) => snapshotHost(scene.lab, name)));
  return texts.join('\n');
}
