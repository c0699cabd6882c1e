// Two real servers behind a virtual one, of which one has a connection, on the host in memory: for the tests of draining.
import { expect, vi } from 'vitest';
import { Scenario } from './scenario';

export const VIP = 'ipvsadm -A -t 192.0.2.1:80 -s rr';
export const ONE = 'ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 1';
export const TWO = 'ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 2 -x 100';
const ADDRESS = 'sysctl net.ipv4.ip_forward=1';
export const BOTH = { '10-host': ADDRESS, '50-web': `${VIP}\n${ONE}\n${TWO}\n` };
export const ONLY_ONE = { '10-host': ADDRESS, '50-web': `${VIP}\n${ONE}\n` };
export const NONE = { '20-rule': 'iptables -A INPUT -j DROP' };

export const KEY = 'real-server -t 192.0.2.1:80 -r 10.0.0.2:80';
export const QUIET = '-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 0 -x 100';

/** Both real servers are there, and the second has a connection. */
export async function newScenario(drainTimeoutSeconds = 60): Promise<Scenario> {
  const scenario = new Scenario();
  Object.assign(scenario.target, { drainTimeoutSeconds });
  await scenario.apply(BOTH);
  await scenario.refresh();
  scenario.host.subsystems.ipvs.connections.set(KEY, 1);
  return scenario;
}

export function liveOf({ host }: Scenario): readonly string[] {
  return host.subsystems.ipvs.fingerprints();
}

export function endConnections({ host }: Scenario): void {
  host.subsystems.ipvs.connections.clear();
}

/** Runs until nothing but the clock is waited for. */
export function settled(): Promise<unknown> {
  return vi.advanceTimersByTimeAsync(0);
}

/** An apply whose process dies while it waits: what the host has then is all that is left of it. */
export async function dieWhileDraining(
  scenario: Scenario,
  parts: Readonly<Record<string, string>>,
): Promise<void> {
  const { state, memory } = scenario;
  void scenario.apply(parts).catch(() => undefined);
  await settled();
  vi.clearAllTimers();
  Object.assign(scenario, { state, memory });
}

/** What was left behind is shown nowhere, and goes with the next apply. */
export async function expectFinished(scenario: Scenario): Promise<void> {
  expect(await scenario.refresh()).toEqual(ONLY_ONE);
  expect(await scenario.wording(ONLY_ONE)).toBe('prior');
  endConnections(scenario);
  await scenario.apply({ ...ONLY_ONE, ...NONE });
  expect(liveOf(scenario)).toHaveLength(2);
  expect(scenario.host.manifest).not.toContain('draining');
}
