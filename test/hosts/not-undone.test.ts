// An undo that cannot be done, because others use by then what would have to go: it is told, nothing is hidden, and the next plan goes on from there.
import { beforeAll, describe, expect, test } from 'vitest';
import { errorOf } from '../converge/scenario';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { mustExec } from './fixtures/kept-generation';
import { LabScenario } from './fixtures/lab-scenario';
import { KILL_TRANSACTION, KILL_WATCHER } from './fixtures/faults';

const run = labForFile({
  hosts: {
    nft: { kind: 'namespace', iptables: 'nft', links: { eth0: { network: 'one' } } },
    legacy: { kind: 'namespace', iptables: 'legacy', links: { eth0: { network: 'two' } } },
  },
});

const PARTS = {
  a: 'ipset create GW-S hash:ip\nipset add GW-S 203.0.113.1\nsysctl net.ipv4.ip_forward=1',
  b: 'iptables -A INPUT -m set --match-set GW-S src -j DROP',
};
/** Somebody puts our set to use while an apply waits for its word. */
const THEIRS = 'INPUT -m set --match-set GW-S src -m comment --comment theirs -j ACCEPT';
const USE_IT = `iptables -C ${THEIRS} 2> /dev/null || iptables -I ${THEIRS}`;
describe.each(['nft', 'legacy'])('on a host with iptables-%s', (name) => {
  let scenario: LabScenario;
  const sh = (script: string): Promise<string> => mustExec(run.lab, name, ['sh', '-c', script]);
  const failing = (script: string): void => {
    const command = ['sh', '-c', `${script}; exit 1`];
    Object.assign(scenario.target, { probes: [{ kind: 'command', command, timeoutSeconds: 1 }] });
  };

  beforeAll(() => {
    scenario = new LabScenario(run.lab, name, { confirmTimeoutSeconds: 5 });
  });

  /** What stays of the transaction, once answers that were on their way have gone. */
  const left = (): Promise<string> => sh('ls /run/gatewright; cat /run/gatewright/work-*/1.inverse');

  async function expectSetLeft(): Promise<void> {
    expect(await sh('ipset save GW-S | grep add')).toBe('add GW-S 203.0.113.1\n');
    expect(await sh('iptables-save | grep -e "^-A"')).toBe(`-A ${THEIRS}\n`);
    expect(await sh('cat /proc/sys/net/ipv4/ip_forward')).toBe('0\n');
    await expect.poll(left).toMatch(/^lock\nwork-\w+\n/);
  }

  async function expectNextToWork(): Promise<void> {
    await sh(`iptables -D ${THEIRS}; rm -rf /run/gatewright/work-*`);
    Object.assign(scenario.target, { probes: [] });
    expect(await scenario.refresh()).toEqual({});
    await scenario.apply(PARTS);
    expect(await scenario.refresh()).toEqual(PARTS);
    await scenario.destroy();
    // It was there before the apply that worked, equal, and is never removed for that.
    await sh('ipset destroy GW-S');
    expect(await sh('ipset save; iptables-save | grep -e "^-A" || :; ls /run/gatewright')).toBe('lock\n');
  }

  test('a transaction that cannot take itself back says what stood in the way, and where its undo lies', async () => {
    failing(USE_IT);
    const error = await errorOf(scenario.apply(PARTS));
    expect(error).toMatchObject({ name: 'ApplyFailed', undone: false });
    expect(String(error)).toMatch(
      /Set cannot be destroyed: it is in use[^]*UNDOING FAILED TOO[^]*Plan again/,
    );
    await expectSetLeft();
    await expectNextToWork();
  });

  test('one that was killed and cannot be taken back by its guard is told to whoever comes next', async () => {
    failing(`${USE_IT}; ${KILL_WATCHER}; ${KILL_TRANSACTION}`);
    const error = await errorOf(scenario.apply(PARTS));
    expect(error).toMatchObject({ code: 'not-undone' });
    expect(String(error)).toMatch(/taking it back failed/);
    await expectSetLeft();
    expect(await sh('cat /run/gatewright/work-*/undo.log')).toContain(
      'Set cannot be destroyed: it is in use',
    );
    await expectNextToWork();
  });

  test('one that was killed alone is taken back by its guard, and the error says so', async () => {
    failing(KILL_TRANSACTION);
    const error = await errorOf(scenario.apply(PARTS));
    expect(error).toMatchObject({ name: 'ApplyFailed', undone: true });
    expect(await sh('ipset save; iptables-save | grep -e "^-A" || :; ls /run/gatewright')).toBe('lock\n');
    Object.assign(scenario.target, { probes: [] });
    expect(await scenario.refresh()).toEqual({});
  });
});
