// The states that a host keeps: listed, shown and made again by a plain program on the host, guarded, without anything else.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labDown } from '../../lib/lab/down';
import type { Lab } from '../../lib/lab/lab';
import { labUp } from '../../lib/lab/up';
import type { Parts } from '../../lib/model/declaration';
import { LabScenario } from './fixtures/lab-scenario';

const GO_BACK = '/var/lib/gatewright/current/go-back';

const FIRST: Parts = {
  '10-host': 'sysctl net.ipv4.ip_forward=1\niptables -P FORWARD DROP\n',
  '50-web':
    'iptables -t nat -A PREROUTING -p tcp --dport 80 -j GW-WEB\niptables -t nat -A GW-WEB -j ACCEPT\n',
};
const SECOND: Parts = {
  '50-web':
    'iptables -t nat -A PREROUTING -p tcp --dport 80 -j GW-NEW\niptables -t nat -A GW-NEW -j ACCEPT\n',
  '60-set': 'ipset create GW-hosts hash:ip\nipset add GW-hosts 192.0.2.1\n',
};
const THIRD: Parts = { ...SECOND, '70-rule': 'iptables -A INPUT -s 203.0.113.9 -j DROP\n' };

const folder = mkdtempSync(join(tmpdir(), 'gatewright-go-back-'));
let lab: Lab;

beforeAll(async () => {
  const links = { eth0: { network: 'lan', addresses: ['192.0.2.2/24'] } };
  const host = (iptables: 'nft' | 'legacy') => ({ kind: 'namespace', iptables, links }) as const;
  lab = await labUp(
    { hosts: { nft: host('nft'), legacy: { ...host('legacy'), links: { eth0: { network: 'lan' } } } } },
    join(folder, 'lab'),
  );
});

afterAll(async () => {
  await labDown(join(folder, 'lab'));
  rmSync(folder, { recursive: true });
});

describe.each(['nft', 'legacy'])('on a host with iptables-%s', (name) => {
  let scenario: LabScenario;

  async function sh(
    script: string,
  ): Promise<{ readonly output: string; readonly exitCode: number | undefined }> {
    const { stdout, stderr, exitCode } = await lab.exec(name, ['sh', '-c', script]);
    return { output: `${stdout}${stderr}`, exitCode };
  }

  /** Sets without what the kernel draws, rules without counters and empty tables. */
  async function live(): Promise<string> {
    const rules = await sh(`iptables-save | grep -E '^(-A|:GW|:FORWARD)' | sed 's/ \\[.*//'`);
    const sets = await sh(`ipset save | sed 's/ hashsize.*//'`);
    const forward = await sh('cat /proc/sys/net/ipv4/ip_forward');
    return [rules, sets, forward].map(({ output }) => output).join('');
  }

  const states: string[] = [];

  beforeAll(async () => {
    scenario = new LabScenario(lab, name);
    for (const parts of [FIRST, SECOND, THIRD]) {
      await scenario.apply(parts);
      await scenario.refresh();
      states.push(await live());
    }
  });

  test('lists them, and shows what made one', async () => {
    const { output } = await sh(`sh ${GO_BACK}`);
    expect(output.split('\n').map((line) => line.replace(/ {2}20.*UTC/, ''))).toEqual([
      '     1  scope default',
      '     2  scope default',
      '*    3  scope default',
      '',
    ]);
    expect((await sh(`sh ${GO_BACK} show 3`)).output).toBe(
      'iptables -t filter:\n  + iptables -t filter -A INPUT -s 203.0.113.9/32 -m comment --comment "gatewright:default" -j DROP\n',
    );
  });

  test('goes back by two and is confirmed, though others put rules between ours', async () => {
    await sh('iptables -t nat -I PREROUTING 1 -s 198.51.100.7 -j ACCEPT');
    const { output, exitCode } = await sh(`${confirmSoon()} sh ${GO_BACK} 1; code=$?; wait; exit "$code"`);
    expect(output).toContain('kept: state 1 is the current one');
    expect(exitCode).toBe(0);
    expect((await live()).replace('-A PREROUTING -s 198.51.100.7/32 -j ACCEPT\n', '')).toBe(states[0]);
    await sh('iptables -t nat -D PREROUTING -s 198.51.100.7 -j ACCEPT');
    expect(await scenario.refresh()).toEqual(FIRST);
    expect(await scenario.wording(FIRST)).toBe('prior');
  });

  test('is taken back where nobody confirms it', async () => {
    const hasty = `sed 's/^  echo 60 > /  echo 2 > /' ${GO_BACK} > /tmp/go-back; sh /tmp/go-back 3`;
    const { output, exitCode } = await sh(hasty);
    expect(output).toContain('not kept: state 1 is there again');
    expect(exitCode).toBe(1);
    expect(await live()).toBe(states[0]);
    expect((await sh('ls /run/gatewright')).output).toBe('lock\n');
  });

  test('goes forward again, and an apply goes on from there', async () => {
    const { output } = await sh(`${confirmSoon()} sh ${GO_BACK} 2; wait`);
    expect(output).toContain('kept: state 2 is the current one');
    expect(await live()).toBe(states[1]);
    await scenario.refresh();
    await scenario.apply(FIRST);
    expect(await live()).toBe(states[0]);
    expect((await sh(`sh ${GO_BACK}`)).output).toMatch(/^ {5}1 .*\n {5}2 .*\n\* {4}3 .*\n$/);
  });

  test.each([
    ['9', 'go-back: no state 9 is kept; without a word after it, go-back lists them\n'],
    ['3', 'go-back: state 3 is the current one\n'],
    ['confirm', 'go-back: nothing waits for a confirmation\n'],
  ])('refuses %s', async (word, said) => {
    expect(await sh(`sh ${GO_BACK} ${word}`)).toEqual({ output: said, exitCode: 64 });
  });

  test('keeps five of them', async () => {
    for (let number = 1; number <= 6; number++) {
      await scenario.refresh();
      await scenario.apply({ ...FIRST, '70-rule': `iptables -A INPUT -s 203.0.113.${number} -j DROP\n` });
    }
    expect((await sh(`sh ${GO_BACK} | sed 's/  20.*//'`)).output).toBe(
      '     5\n     6\n     7\n     8\n*    9\n',
    );
    await scenario.refresh();
    await scenario.destroy();
    expect((await sh('ls -d /var/lib/gatewright')).exitCode).toBe(2);
  });
});

/** As somebody would from a new login. */
function confirmSoon(): string {
  return `(until [ -f /run/gatewright/armed/verified ]; do sleep 0.05; done; sh ${GO_BACK} confirm) &`;
}
