// Sets and rules that name them, as parts and as a host holds them, and hands on the host in memory. Used by the tests of sets.
import { Scenario } from './scenario';

export const WEB = [
  'ipset create WEB hash:ip,port comment',
  'ipset add WEB 192.0.2.1,https comment "the shop"',
  'ipset add WEB 192.0.2.1,80-81',
  'iptables -A INPUT -m set --match-set WEB dst,dst -j ACCEPT',
];
export const PARTS = { '20-web': `${WEB.join('\n')}\n` };
export const LIVE = [
  'add WEB 192.0.2.1,tcp:443 comment "the shop"',
  'add WEB 192.0.2.1,tcp:80',
  'add WEB 192.0.2.1,tcp:81',
  'create WEB hash:ip,port comment',
];
export const FOREIGN = [
  'create THEIRS hash:net',
  'add THEIRS 10.0.0.0/8',
  'create fail2ban hash:ip timeout 600',
];

export function newScenario(...byHand: readonly string[]): Scenario {
  const scenario = new Scenario();
  hand(scenario, ...byHand);
  return scenario;
}

export function hand({ host }: Scenario, ...lines: readonly string[]): void {
  host.subsystems.ipset.run(lines.map((line) => `${line}\n`).join(''));
}

/** Without the second print of each member, which lines for sets of others have. */
export function liveOf({ host }: Scenario): readonly string[] {
  return host.subsystems.ipset
    .fingerprints()
    .filter((print) => !print.includes(' anyhow'))
    .sort();
}
