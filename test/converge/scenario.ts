// A small two-service scenario for the tests of convergence: parts as constructs would write them, and a host in memory.
import { createEngine } from '../../lib/converge/create-engine';
import type {
  Applied,
  HostState,
  HostTarget,
  Note,
  Planned,
  PlanRequest,
  Refreshed,
} from '../../lib/converge/engine';
import type { Ways } from '../../lib/converge/ways';
import { toLiveChains } from '../../lib/converge/live';
import type { Parts } from '../../lib/model/declaration';
import type { Table } from '../../lib/model/iptables';
import type { Scope } from '../../lib/model/scope';
import { DEFAULT_SCOPE } from '../../lib/model/scope';
import { FakeHost } from '../fakes/fake-host';

export const PARTS: Parts = {
  '10-host': [
    'sysctl net.ipv4.ip_forward=1',
    'iptables -t nat -N GW-MARK-MASQ',
    'iptables -t nat -A GW-MARK-MASQ -j MARK --or-mark 0x4000',
    'iptables -t nat -A PREROUTING -j GW-SERVICES',
    'iptables -t nat -I POSTROUTING -s 192.168.1.6 -j MASQUERADE',
    'iptables -t nat -A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE',
    'iptables -P FORWARD ACCEPT',
  ].join('\n'),
  '50-service web': [
    '# the web',
    'iptables -t nat -A GW-SERVICES -d 10.100.100.1 -p tcp --dport 7070 -j GW-SVC-WEB',
    'iptables -t nat -A GW-SVC-WEB -m statistic --mode random --probability 0.5 -j GW-SEP-A',
    'iptables -t nat -A GW-SVC-WEB -j GW-SEP-B',
    'iptables -t nat -A GW-SEP-A -p tcp -j DNAT --to-destination 10.5.75.2:3000',
    'iptables -t nat -A GW-SEP-B -p tcp -j DNAT --to-destination 10.5.88.2:3000',
  ].join('\n'),
  '90-last': 'iptables -t nat -A GW-SERVICES -m addrtype --dst-type LOCAL -j RETURN\n',
};

export const NEVER = new AbortController().signal;

const notOpened = (): Promise<never> => Promise.reject(new Error('a host in memory is not opened'));

/** An engine on one host in memory, with what Terraform would keep. */
export class Scenario {
  readonly engine = createEngine(() => waysTo(this.host));
  readonly target: HostTarget;
  state: HostState | undefined;
  memory: string | undefined;

  constructor(
    scope: Scope = DEFAULT_SCOPE,
    readonly host = new FakeHost(),
    more: Pick<HostTarget, 'adopt'> = {},
  ) {
    this.target = {
      name: '192.0.2.1:22',
      scope,
      lockTimeoutSeconds: 30,
      drainTimeoutSeconds: 0,
      confirmTimeoutSeconds: 30,
      ...more,
      open: notOpened,
      openFresh: notOpened,
    };
  }

  async refresh(): Promise<Parts> {
    return (await this.refreshed()).state.parts;
  }

  async refreshed(): Promise<Refreshed> {
    const refreshed = await this.engine.refresh(this.target, this.known(), this.memory);
    this.state = refreshed.state;
    this.memory = refreshed.memory;
    return refreshed;
  }

  plan(parts: Parts, unknownParts: readonly string[] = []): Promise<Planned> {
    return this.engine.plan(this.target, { ...this.basis(), parts, unknownParts, moved: false });
  }

  /** Plan and apply, as terraform runs them; the refresh is the test's. */
  async apply(parts: Parts): Promise<Applied> {
    await this.plan(parts);
    return this.applyOnly(parts);
  }

  async applyOnly(parts: Parts): Promise<Applied> {
    const request = { ...this.basis(), parts, moved: false, settings: '{}' };
    const applied = await this.engine.apply(this.target, request, NEVER);
    this.state = applied.state;
    this.memory = applied.memory;
    return applied;
  }

  async wording(parts: Parts): Promise<'prior' | 'declared'> {
    return (await this.plan(parts)).wording;
  }

  planDestroy(): Promise<readonly Note[]> {
    return this.engine.planDestroy(this.target, this.known(), this.memory);
  }

  async destroy(): Promise<readonly Note[]> {
    const notes = await this.engine.destroy(this.target, this.known(), this.memory, NEVER);
    this.state = undefined;
    this.memory = undefined;
    return notes;
  }

  /** Somebody's hand on the host: lines for iptables-restore of table nat. */
  byHand(...lines: string[]): void {
    this.host.kernel.restore(`*nat\n${lines.join('\n')}\nCOMMIT\n`, { noflush: true });
  }

  /** The same of ip6tables, of any table. */
  byHand6(table: Table, ...lines: string[]): void {
    this.host.kernel6.restore(`*${table}\n${lines.join('\n')}\nCOMMIT\n`, { noflush: true });
  }

  /** What stands in a chain of table nat. */
  rulesOf(chain: string): readonly string[] | undefined {
    return toLiveChains(this.host.kernel.save(), 'ipv4').get(`ipv4 nat ${chain}`)?.rules;
  }

  private basis(): Pick<PlanRequest, 'prior' | 'memory'> {
    return {
      ...(this.state === undefined ? {} : { prior: this.state }),
      ...(this.memory === undefined ? {} : { memory: this.memory }),
    };
  }

  private known(): HostState {
    return this.state ?? { parts: {} };
  }
}

/** Of another team, with a prefix of its own. */
export const TEAM: Scope = { name: 'team', chainPrefix: 'TEAM-' };

/** Two scopes on one host in memory. */
export function twoScopes(): readonly [Scenario, Scenario] {
  const host = new FakeHost();
  return [new Scenario(undefined, host), new Scenario(TEAM, host)];
}

/** Both ways lead to the same host in memory. */
export function waysTo(host: FakeHost): Ways {
  return {
    open: () => Promise.resolve(host),
    openFresh: () => host.fresh(),
  };
}

/** What was thrown. Fails where nothing was. */
export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
