// What a host block declares, with its defaults: scope, parts that are known and those that are not yet. Used by the RPCs.
import type { HostTarget } from '../converge/engine';
import { DEFAULT_PERSIST, isPersist } from '../model/persist';
import { DEFAULT_SCOPE, type Scope } from '../model/scope';
import type { Parts } from '../model/declaration';
import { type Value, UNKNOWN, known, orElse, toOptional } from './protocol/value';
import {
  DEFAULT_CONFIRM_TIMEOUT_SECONDS,
  DEFAULT_DRAIN_TIMEOUT_SECONDS,
  DEFAULT_LOCK_TIMEOUT_SECONDS,
  type Host,
} from './schema/host';

/** The parts of a block, sorted by what is known of them. A part that is null is in neither. */
export interface DeclaredParts {
  readonly known: Parts;
  /** Names of the parts whose text is not known before apply. */
  readonly unknownNames: readonly string[];
}

/** The block with its defaults filled in, so that removing an attribute returns to its default. */
export function withDefaults(host: Host): Host {
  const scope = orElse(host.scope, known(DEFAULT_SCOPE.name));
  return {
    ...host,
    scope,
    chain_prefix: orElse(host.chain_prefix, defaultPrefix(scope)),
    persist: orElse(host.persist, known(DEFAULT_PERSIST)),
    lock_timeout_seconds: orElse(host.lock_timeout_seconds, known(DEFAULT_LOCK_TIMEOUT_SECONDS)),
    confirm_timeout_seconds: orElse(host.confirm_timeout_seconds, known(DEFAULT_CONFIRM_TIMEOUT_SECONDS)),
    drain_timeout_seconds: orElse(host.drain_timeout_seconds, known(DEFAULT_DRAIN_TIMEOUT_SECONDS)),
    allow_lockout: orElse(host.allow_lockout, known(false)),
  };
}

/** Absent where scope or prefix are not known yet. */
export function scopeOf(host: Host): Scope | undefined {
  const name = toOptional(host.scope);
  const chainPrefix = toOptional(host.chain_prefix);
  return name === undefined || chainPrefix === undefined ? undefined : { name, chainPrefix };
}

/** Of a wholly unknown map, nothing: ask for its kind first. The same for the same map. */
export function declaredParts({ parts }: Pick<Host, 'parts'>): DeclaredParts {
  const known = sortedOut.get(parts);
  if (known !== undefined) return known;
  const found = sortOut([...(toOptional(parts) ?? [])]);
  sortedOut.set(parts, found);
  return found;
}

const sortedOut = new WeakMap<Host['parts'], DeclaredParts>();

function sortOut(parts: readonly (readonly [string, Value<string>])[]): DeclaredParts {
  return {
    known: Object.fromEntries(
      parts.flatMap(([name, text]) => (text.kind === 'known' ? [[name, text.value]] : [])),
    ),
    unknownNames: parts.filter(([, text]) => text.kind === 'unknown').map(([name]) => name),
  };
}

/** As an attribute. */
export function toPartsValue(parts: Parts): Host['parts'] {
  return known(new Map(Object.entries(parts).map(([name, text]) => [name, known(text)])));
}

/** How long an apply waits, and for what. */
export type Timeouts = Pick<
  HostTarget,
  'lockTimeoutSeconds' | 'drainTimeoutSeconds' | 'confirmTimeoutSeconds'
>;

/** The defaults where they are null or unknown. */
export function timeoutsOf(host: Host): Timeouts {
  return {
    lockTimeoutSeconds: toOptional(host.lock_timeout_seconds) ?? DEFAULT_LOCK_TIMEOUT_SECONDS,
    confirmTimeoutSeconds: toOptional(host.confirm_timeout_seconds) ?? DEFAULT_CONFIRM_TIMEOUT_SECONDS,
    drainTimeoutSeconds: toOptional(host.drain_timeout_seconds) ?? DEFAULT_DRAIN_TIMEOUT_SECONDS,
  };
}

/** Who must get in after an apply, and whether that is insisted on. */
export type Access = Pick<HostTarget, 'managementCidrs' | 'allowLockout' | 'adopt'>;

/** Networks that are not known yet are looked at in the apply. */
export function accessOf(host: Host): Access {
  return {
    managementCidrs: (toOptional(host.management_cidrs) ?? []).flatMap((cidr) => toOptional(cidr) ?? []),
    allowLockout: toOptional(host.allow_lockout) ?? false,
    adopt: adoptOf(host),
  };
}

/** What is kept for a boot. Checked before; a value that is not known yet is looked at in the apply. */
export function persistOf(host: Host): Pick<HostTarget, 'persist'> {
  const persist = toOptional(host.persist) ?? DEFAULT_PERSIST;
  return { persist: isPersist(persist) ? persist : DEFAULT_PERSIST };
}

/** Lines that are not known yet say nothing, and the others keep their numbers. */
export function adoptOf(host: Host): readonly string[] {
  return (toOptional(host.adopt) ?? []).map((line) => toOptional(line) ?? UNKNOWN_LINE);
}

/** None where a part is not known yet: it may declare what a line names. */
export function checkableAdopt(host: Host): readonly string[] {
  const isKnown = host.parts.kind !== 'unknown' && declaredParts(host).unknownNames.length === 0;
  return isKnown ? adoptOf(host) : [];
}

/** True where the apply will know more lines than the plan. */
export function isAdoptUnknown({ adopt }: Host): boolean {
  return adopt.kind === 'unknown' || (toOptional(adopt) ?? []).some(({ kind }) => kind === 'unknown');
}

/** Declares nothing. */
const UNKNOWN_LINE = '# known at apply';

// Only the default scope has a prefix by default; `check-host.ts` refuses any other without one.
function defaultPrefix(scope: Value<string>): Value<string> {
  if (scope.kind === 'unknown') return UNKNOWN;
  return known(DEFAULT_SCOPE.chainPrefix);
}
