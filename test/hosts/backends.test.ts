// Both back-ends of iptables on real hosts, also on one whose kernel cannot do nft: what is read of the other one, refused and told.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { labDown } from '../../lib/lab/down';
import type { Lab } from '../../lib/lab/lab';
import { labUp } from '../../lib/lab/up';
import { remoteHost } from '../../lib/converge/remote-host';
import { connectTo } from '../contract/lab-subject';
import { question } from '../contract/transactions';
import { errorOf } from '../converge/scenario';
import { LabScenario } from './fixtures/lab-scenario';

const folder = mkdtempSync(join(tmpdir(), 'gatewright-backends-'));
const links = { eth0: { network: 'lan' } };
const PARTS = { a: 'iptables -t nat -A OUTPUT -s 10.0.0.1 -j GW-A\niptables -t nat -N GW-A' };
let lab: Lab;

beforeAll(async () => {
  lab = await labUp(
    {
      hosts: {
        nft: { kind: 'namespace', iptables: 'nft', links },
        legacy: { kind: 'namespace', iptables: 'legacy', links },
        kernel: { kind: 'kernel', links },
      },
    },
    join(folder, 'lab'),
  );
});

afterAll(async () => {
  await labDown(join(folder, 'lab'));
  rmSync(folder, { recursive: true });
});

async function sh(name: string, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await lab.exec(name, ['sh', '-ec', script]);
  if (exitCode !== 0) throw new Error(`${script}\n${stderr}${stdout}`);
  return stdout;
}

function useBackend(name: string, kind: string): Promise<string> {
  return sh(
    name,
    `for tool in iptables ip6tables; do update-alternatives --set $tool /usr/sbin/$tool-${kind}; done > /dev/null 2>&1`,
  );
}

async function reads(name: string): Promise<readonly [string | undefined, readonly (string | undefined)[]]> {
  const connection = await connectTo(lab, name);
  const { backend, beside = {} } = await remoteHost(connection).read(question({ reads: ['ipv6'] }));
  connection.close();
  const rules = Object.values(beside).map((save) => /^-A .*/m.exec(save)?.[0]);
  return [backend, rules];
}

describe.each([
  ['nft', 'legacy'],
  ['legacy', 'nft'],
])('on a host with iptables-%s', (name, other) => {
  let scenario: LabScenario;

  beforeEach(() => {
    scenario = new LabScenario(lab, name);
  });

  test('the other back-end is read, and no table of it comes into being by that', async () => {
    const before = await sh(name, 'cat /proc/net/ip_tables_names /proc/net/ip6_tables_names');
    const [backend] = await reads(name);
    expect(backend).toBe(name);
    expect(await sh(name, 'cat /proc/net/ip_tables_names /proc/net/ip6_tables_names')).toBe(before);
    await sh(
      name,
      `iptables-${other} -A INPUT -s 10.8.8.8 -j DROP; ip6tables-${other} -A INPUT -s fd00::8 -j DROP`,
    );
    expect(await reads(name)).toEqual([
      name,
      ['-A INPUT -s 10.8.8.8/32 -j DROP', '-A INPUT -s fd00::8/128 -j DROP'],
    ]);
    const { notes } = await scenario.plan(PARTS);
    expect(notes).toMatchObject([
      {
        summary: `${name}:22: others have rules in the ${other} back-end of iptables`,
        detail: expect.stringContaining(
          `iptables-${other} -t filter -A INPUT -s 10.8.8.8/32 -j DROP`,
        ) as string,
      },
    ]);
    await sh(
      name,
      `iptables-${other} -D INPUT -s 10.8.8.8 -j DROP; ip6tables-${other} -D INPUT -s fd00::8 -j DROP`,
    );
  });

  test('rules of ours are refused when iptables has come to mean the other one, and are as they were', async () => {
    await scenario.apply(PARTS);
    const before = await sh(name, `iptables-${name}-save | grep -e ^: -e ^-A`);
    await useBackend(name, other);
    try {
      const refusal = { code: 'two-backends', message: expect.stringContaining('-t nat -N GW-A') as string };
      expect(await errorOf(scenario.refresh())).toMatchObject(refusal);
      expect(await errorOf(scenario.plan({ ...PARTS, b: '# more' }))).toMatchObject(refusal);
      expect(await errorOf(scenario.applyOnly({ ...PARTS, b: '# more' }))).toMatchObject(refusal);
      expect(await errorOf(scenario.destroy())).toMatchObject(refusal);
      expect(await sh(name, `iptables-${name}-save | grep -e ^: -e ^-A`)).toBe(before);
      expect(await sh(name, `iptables-${other}-save | grep -e GW- || true`)).toBe('');
    } finally {
      await useBackend(name, name);
    }
    expect(await scenario.refresh()).toEqual(PARTS);
    await scenario.destroy();
  });

  test('a process of kube-proxy refuses its own prefix', async () => {
    const target = { ...scenario.target, scope: { name: 'default', chainPrefix: 'KUBE-' } };
    const refreshed = (): Promise<unknown> => scenario.engine.refresh(target, { parts: {} }, undefined);
    await refreshed();
    await sh(
      name,
      'cp "$(command -v sleep)" /tmp/kube-proxy; /tmp/kube-proxy 60 > /dev/null 2>&1 & echo $! > /tmp/pid',
    );
    try {
      expect(await errorOf(refreshed())).toMatchObject({
        code: 'prefix-taken',
        message: expect.stringMatching(/\nprocess kube-proxy, \/proc\/\d+$/) as string,
      });
    } finally {
      await sh(name, 'kill "$(cat /tmp/pid)"');
    }
  });
});

describe('on a host whose kernel cannot do nft', () => {
  test('the reading is of legacy, and of nothing beside it', async () => {
    expect(await reads('kernel')).toEqual(['legacy', []]);
  });

  test('an nft that shows no rules is not believed where ours stand in legacy', async () => {
    const scenario = new LabScenario(lab, 'kernel');
    await scenario.apply(PARTS);
    await useBackend('kernel', 'nft');
    expect(await sh('kernel', 'iptables-save')).not.toContain('GW-');
    expect(await errorOf(scenario.refresh())).toMatchObject({
      code: 'two-backends',
      fix: expect.stringContaining('update-alternatives --set iptables /usr/sbin/iptables-legacy') as string,
    });
    await useBackend('kernel', 'legacy');
    expect(await scenario.refresh()).toEqual(PARTS);
    await scenario.destroy();
  });
});
