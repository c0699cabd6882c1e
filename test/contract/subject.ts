// What the contract of hosts is run against: a host, and the hands that a test needs on it. The fake and lab hosts each bring one.
import { toLiveChains, withBuiltInChains } from '../../lib/converge/live';
import type { FakeConntrackEntry } from '../fakes/fake-conntrack';
import type { Host, Step } from './transactions';

export interface Subject {
  readonly host: Host;
  /** The same host, by a way of its own. */
  readonly second: Host;
  /** Somebody else's hand: text for `iptables-restore --noflush`. */
  hand(restore: string): Promise<void>;
  /** The same for `ip6tables-restore --noflush`. */
  hand6(restore: string): Promise<void>;
  /** The hand moves when the last step has run. */
  handBeforeVerify(restore: string): Promise<void>;
  /** Of these steps the n-th, from 1, is to fail; none of them a sysctl. */
  failAtStep(n: number, steps: readonly Step[]): Promise<void>;
  failToRemember(): Promise<void>;
  /** Steps wait until it is released; `reached` resolves when one does. */
  stall(): Promise<{ readonly reached: () => Promise<void>; readonly release: () => Promise<void> }>;
  forbidNamespaces(): Promise<void>;
  readSysctl(key: string): Promise<string>;
  /** Makes conntrack entries of UDP, as if a client had sent and an endpoint had answered. */
  track(entries: readonly FakeConntrackEntry[]): Promise<void>;
  /** All of UDP, in no order. */
  tracked(): Promise<readonly FakeConntrackEntry[]>;
  /** iptables-save. */
  save(): Promise<string>;
  /** ip6tables-save. */
  save6(): Promise<string>;
  /** Files of the current generation below /var/lib/gatewright by path; `undefined` where there is no such folder. */
  stateFiles(): Promise<Readonly<Record<string, string>> | undefined>;
  /** Names in /run/gatewright. */
  runFiles(): Promise<readonly string[]>;
  /** Takes back every fault, rule and file. */
  reset(): Promise<void>;
}

/** Everything that a failed transaction must leave as it was. */
export async function stateOf(subject: Subject): Promise<unknown> {
  return {
    chains: await chainsOf(subject),
    forward: await subject.readSysctl('net.ipv4.ip_forward'),
    files: await subject.stateFiles(),
  };
}

/** Policies and rules by chain; a table without rules equals one that nobody used. */
export async function chainsOf(subject: Subject): Promise<Readonly<Record<string, readonly string[]>>> {
  const chains = withBuiltInChains(toLiveChains(await subject.save(), 'ipv4'), 'ipv4');
  return Object.fromEntries(
    [...chains]
      .filter(([, { policy, rules }]) => policy !== 'ACCEPT' || rules.length > 0)
      .map(([key, { policy, rules }]): [string, string[]] => [
        key,
        [...(policy === undefined || policy === 'ACCEPT' ? [] : [policy]), ...rules],
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
