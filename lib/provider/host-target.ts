// From a host's attributes to what the engine works on, and back. Used by the RPCs that look at hosts.
import type { HostState, HostTarget, Memory } from '../converge/engine';
import type { Parts } from '../model/declaration';
import type { SshSettings } from '../ssh/connection';
import { printEndpoint } from '../ssh/host-name';
import { accessOf, declaredParts, persistOf, timeoutsOf, scopeOf, toPartsValue } from './declared-host';
import { probesOf } from './declared-probes';
import { Rejected } from './protocol/diagnostic';
import { fromOptional, toOptional } from './protocol/value';
import type { Host } from './schema/host';
import type { Session } from './session';
import { reachOf } from './ssh-settings';

/** The target, or the attributes that must be known before there is one. */
export type Aim =
  | { readonly kind: 'known'; readonly target: HostTarget }
  | { readonly kind: 'unknown'; readonly waitingFor: readonly string[] };

/** `host` with its defaults. */
export function aimAt(host: Host, session: Session): Aim {
  const reach = reachOf(host, session.settings);
  const scope = scopeOf(host);
  if (reach.kind === 'known' && scope !== undefined) {
    const terms = { ...timeoutsOf(host), ...accessOf(host), ...persistOf(host), probes: probesOf(host) };
    return { kind: 'known', target: session.target(reach.settings, scope, terms) };
  }
  const waitingFor = reach.kind === 'unknown' ? reach.waitingFor : [];
  return { kind: 'unknown', waitingFor: scope === undefined ? [...waitingFor, 'scope'] : waitingFor };
}

/**
 * For apply and import, which cannot do without the host. An apply knows everything; with an import the provider's own
 * settings may be unknown, and this throws `Rejected`.
 */
export function targetOf(host: Host, session: Session): HostTarget {
  const aim = aimAt(host, session);
  if (aim.kind === 'known') return aim.target;
  throw new Rejected([
    {
      severity: 'error',
      summary: 'Host cannot be reached yet',
      detail:
        `Not known before apply: ${aim.waitingFor.join(', ')}\n` +
        'to do: apply first what the value comes from (terraform apply -target=ADDRESS), or write it out',
    },
  ]);
}

/** True if the host is to be reached elsewhere, or by another bastion, than before: it must then prove to be the same one. */
export function hasMoved(prior: Host, planned: Host, session: Session): boolean {
  const before = reachOf(prior, session.settings);
  const after = reachOf(planned, session.settings);
  if (before.kind === 'unknown' || after.kind === 'unknown') return false;
  return printWay(before.settings) !== printWay(after.settings);
}

// Behind another bastion the same private address may be another host.
function printWay({ address, port, bastion }: SshSettings): string {
  const ends = bastion === undefined ? [{ address, port }] : [bastion, { address, port }];
  return ends.map(printEndpoint).join(' ');
}

/** What of the attributes the engine wants: the id and the parts that are known. */
export function hostStateOf(host: Host): HostState {
  const id = toOptional(host.id);
  return { ...(id === undefined ? {} : { id }), parts: declaredParts(host).known };
}

/** The host's attributes with what the engine found; what is as it was is the very same value. */
export function withState(host: Host, { id, parts }: HostState): Host {
  return {
    ...host,
    id: toOptional(host.id) === id ? host.id : fromOptional(id),
    parts: hasParts(host, parts) ? host.parts : toPartsValue(parts),
  };
}

/** True where these, and no others, are the host's parts. */
export function hasParts(host: Host, parts: Parts): boolean {
  const texts = toOptional(host.parts);
  const names = Object.keys(parts);
  if (texts === undefined || texts.size !== names.length) return false;
  return names.every((name) => {
    const text = texts.get(name);
    return text?.kind === 'known' && text.value === parts[name];
  });
}

/** True where every attribute is the very same value. */
export function isSameHost(a: Host, b: Host): boolean {
  const values = Object.values(b);
  return Object.values(a).every((value, index) => value === values[index]);
}

/** Terraform's private data is bytes, and empty before the first read. */
export function memoryOf(bytes: Uint8Array): Memory | undefined {
  return bytes.length === 0 ? undefined : Buffer.from(bytes).toString('utf8');
}

/** The inverse of `memoryOf`. */
export function toPrivate(memory: Memory | undefined): Uint8Array {
  return Buffer.from(memory ?? '', 'utf8');
}
