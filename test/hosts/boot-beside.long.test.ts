// A host whose rules netfilter-persistent saves and loads, ours of another day among them: a boot brings ours of today, and theirs.
import { expect, test, vi } from 'vitest';
import { OTHERS, otherPartsOn, partsOn } from '../converge/all-parts';
import { labForFile } from '../e2e/fixtures/lab-for-file';
import { kernelStateOf } from './fixtures/kernel-state';
import { mustExec } from './fixtures/kept-generation';
import { LabScenario } from './fixtures/lab-scenario';

const DEVICE = 'enp0s5';
const links = { [DEVICE]: { network: 'lan', addresses: ['182.16.100.1/24'] } };
const run = labForFile({ hosts: { gw: { kind: 'kernel', packages: ['iptables-persistent'], links } } });

vi.setConfig({ testTimeout: 600_000, hookTimeout: 900_000 });

const hand = (script: string, stdin = ''): Promise<string> =>
  mustExec(run.lab, 'gw', ['sh', '-ec', script], stdin);
const state = (): Promise<readonly string[]> => kernelStateOf(run.lab, 'gw', ['net.ipv4.ip_forward']);

test('rules of ours that it saved once are not those of today, and all of others stay', async () => {
  const scenario = new LabScenario(run.lab, 'gw');
  Object.assign(scenario.target, { persist: 'fail-open' });
  await hand('iptables-restore --noflush', OTHERS.ipv4);
  await hand('ip6tables-restore --noflush', OTHERS.ipv6);
  // A policy that it saved is its own, and rules that name a set which went later cannot be loaded.
  const before = without(/-m set --match-set GW-SIX \S+ |^ip6tables -P .*\n/gm, partsOn(DEVICE));
  await scenario.apply(before);
  await hand('netfilter-persistent save');
  const after = otherPartsOn(DEVICE);
  await scenario.refresh();
  await scenario.apply(after);
  const applied = await state();
  for (const accident of ['reboot', 'powerCut'] as const) {
    await run.lab[accident]('gw');
    expect(await state()).toEqual(applied);
    expect(await hand('systemctl is-failed netfilter-persistent || :')).toBe('active\n');
  }
  await hand(
    'systemctl restart netfilter-persistent; while systemctl list-jobs | grep -q gatewright; do sleep 0.1; done',
  );
  expect(await state()).toEqual(applied);
  scenario.forgetConnection();
  expect(await scenario.refresh()).toEqual(after);
});

function without(text: RegExp, parts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(parts).map(([name, lines]) => [name, lines.replaceAll(text, '')]));
}
