// The example of full NAT by cdktf, as a user types it, on a host with a kernel of its own: plan, deploy, requests, destroy.
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readPlanLines } from '../../lib/cli/demo/plan-lines';
import { CdktfApp } from './fixtures/cdktf-app';
import { type HostState, isSysctl, readHostState } from './fixtures/host-state';
import { labForFile } from './fixtures/lab-for-file';
import { expectAnswers } from './fixtures/probe';

const around = labForFile(join(resolve(__dirname, '../..'), 'examples/full-nat/lab.json'));
let app: CdktfApp;
let before: HostState;

beforeAll(async () => {
  app = new CdktfApp(around, 'examples/full-nat/main.ts');
  before = await state();
});

/** Without sysctls: the modules that a plan loads bring some. */
async function state(): Promise<HostState> {
  return (await readHostState(around.lab, 'gateway')).filter((line) => !isSysctl(line));
}

describe.sequential('the example of full NAT by cdktf', () => {
  test('the first plan shows addresses, servers, rules and sysctls, and adds none of them', async () => {
    const lines = readPlanLines(await app.run('diff'));
    expect(lines.map(({ sign }) => sign)).toEqual(lines.map(() => '+'));
    expect(lines.map(({ line }) => line.split(' ').slice(0, 3).join(' ')).sort()).toEqual([
      'ip addr add',
      'iptables -t filter',
      'iptables -t nat',
      'ipvsadm -A -t',
      'ipvsadm -a -t',
      'ipvsadm -a -t',
      'sysctl net.ipv4.ip_forward=1',
      'sysctl net.ipv4.vs.conntrack=1',
    ]);
    expect(await state()).toEqual(before);
  });

  test('deployed it serves, and destroyed it leaves the host as it was', async () => {
    await app.run('deploy');
    await expectAnswers(around.lab, {
      from: 'stranger',
      to: '182.16.100.101:8888',
      servers: { web1: 1, web2: 1 },
      sources: ['172.16.100.13'],
    });
    await app.run('destroy');
    expect(await state()).toEqual(before);
  });
});
