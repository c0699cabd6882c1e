// What a host must hold after a transaction, as the lines that it compares with its own iptables-save (shell/transact.ts).
import { markComment } from '../model/scope';
import type { Wording } from './align';
import type { Change } from './change';
import type { DesiredState } from './desired';
import type { Expectation } from './host';
import type { Live } from './live';
import { adoptedRules, isOwnChain } from './ownership';
import { printSysctlAssignment } from './plan';

/** `changes` tells which chains that the scope has now must be gone, and which values must be back. */
export function expectationOf(
  desired: DesiredState,
  { live, wording, changes }: { live: Live; wording: Wording; changes: readonly Change[] },
): Expectation {
  const lines: string[] = [];
  const watch = [`mark ${markComment(desired.scope)}`, ...watchedChains(desired, live)];
  for (const { address, own, rules } of desired.chains.values()) {
    const at = `${address.table} ${address.chain}`;
    if (own) lines.push(`${at} 000000 :`);
    rules.forEach(({ text }, index) => {
      lines.push(`${at} ${String(index + 1).padStart(6, '0')} ${wording(address, text)}`.trimEnd());
    });
  }
  for (const [at, policy] of changedPolicies(changes)) {
    watch.push(`policy ${at}`);
    lines.push(`${at} policy ${policy}`);
  }
  return {
    watch: text(watch),
    ipv4: text(lines.sort(byBytes)),
    sysctls: expectedSysctls(desired, changes),
  };
}

function watchedChains({ scope, chains }: DesiredState, live: Live): string[] {
  const own = new Set<string>();
  for (const { address, own: isOwn } of chains.values())
    if (isOwn) own.add(`own ${address.table} ${address.chain}`);
  for (const { address } of live.chains.values()) {
    // An adopted chain that we let go of stays, with what others may put there.
    const stays = adoptedRules(address, scope.name, live) !== undefined;
    if (!stays && isOwnChain(address, scope, live)) own.add(`own ${address.table} ${address.chain}`);
  }
  return [...own];
}

/** Only those that change: of a table that nobody uses, iptables-save shows no policy. */
function changedPolicies(changes: readonly Change[]): Map<string, string> {
  const policies = new Map<string, string>();
  for (const change of changes) {
    if (change.kind === 'policy')
      policies.set(`${change.address.table} ${change.address.chain}`, change.after);
  }
  return policies;
}

function expectedSysctls(desired: DesiredState, changes: readonly Change[]): string {
  const values = new Map<string, string>();
  for (const change of changes) if (change.kind === 'sysctl') values.set(change.key, change.after);
  for (const { declaration } of desired.sysctls.values()) values.set(declaration.key, declaration.value);
  return [...values].map(([key, value]) => printSysctlAssignment(key, value)).join('');
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
