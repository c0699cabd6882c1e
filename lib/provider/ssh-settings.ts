// The one place where a host's attributes, the provider's settings and the environment become SSH settings: first wins.
import type { BastionSettings, SshSettings } from '../ssh/connection';
import { type Value, fromOptional, orElse, toOptional } from './protocol/value';
import type { Bastion } from './schema/bastion';
import type { Host } from './schema/host';
import type { Settings } from './schema/settings';

const SSH_PORT = 22;
const ROOT = 'root';

/** How to reach a host, or the attributes that must be known before it can be reached. */
export type Reach =
  | { readonly kind: 'known'; readonly settings: SshSettings }
  | { readonly kind: 'unknown'; readonly waitingFor: readonly string[] };

/** The attributes of a host that say how to reach it. */
export type HostReach = Pick<Host, 'address' | 'port' | 'user' | 'host_key' | 'sudo' | 'bastion'>;

/** Secrets may come from the environment, where they are in no file. */
export function secretsFrom(settings: Settings, environment: NodeJS.ProcessEnv): Settings {
  return {
    ...settings,
    private_key: orElse(settings.private_key, nonEmpty(environment.GATEWRIGHT_PRIVATE_KEY)),
    password: orElse(settings.password, nonEmpty(environment.GATEWRIGHT_PASSWORD)),
    sudo_password: orElse(settings.sudo_password, nonEmpty(environment.GATEWRIGHT_SUDO_PASSWORD)),
  };
}

/** `host` as in the block or the state; what it leaves out, the settings say, and then the defaults. */
export function reachOf(host: HostReach, settings: Settings): Reach {
  const own: HostReach = {
    address: host.address,
    port: host.port,
    user: host.user,
    host_key: host.host_key,
    sudo: host.sudo,
    bastion: host.bastion,
  };
  const waitingFor = unknownOnes(own, settings);
  if (waitingFor.length > 0) return { kind: 'unknown', waitingFor };
  const merged: HostReach = {
    ...own,
    port: orElse(own.port, settings.port),
    user: orElse(own.user, settings.user),
    sudo: orElse(own.sudo, settings.sudo),
    bastion: orElse(own.bastion, settings.bastion),
  };
  return { kind: 'known', settings: toSshSettings(merged, settings) };
}

function nonEmpty(text: string | undefined): Value<string> {
  return fromOptional(text === '' ? undefined : text);
}

// An unknown setting of the provider matters only where the host does not say it itself.
function unknownOnes(host: HostReach, settings: Settings): string[] {
  const own = Object.entries(host).filter(([, value]) => value.kind !== 'null');
  const names = new Set(own.map(([name]) => name));
  const inherited = Object.entries(settings).filter(([name]) => !names.has(name));
  return [...own.flatMap(unknownIn), ...inherited.flatMap(unknownIn).map((name) => `provider ${name}`)];
}

function unknownIn([name, value]: [string, Value<unknown>]): string[] {
  if (value.kind === 'unknown') return [name];
  if (value.kind === 'null' || typeof value.value !== 'object' || value.value === null) return [];
  return Object.entries(value.value).flatMap(([inner, nested]: [string, Value<unknown>]) =>
    nested.kind === 'unknown' ? [`${name}.${inner}`] : [],
  );
}

function toSshSettings(host: HostReach, settings: Settings): SshSettings {
  const user = toOptional(host.user) ?? ROOT;
  const agent = toOptional(settings.agent);
  const bastion = toOptional(host.bastion);
  return {
    address: toOptional(host.address) ?? '',
    port: toOptional(host.port) ?? SSH_PORT,
    user,
    ...given(settings.private_key_path, (privateKeyPath) => ({ privateKeyPath })),
    ...given(settings.private_key, (privateKey) => ({ privateKey })),
    ...given(settings.password, (password) => ({ password })),
    ...(agent === undefined ? {} : { agent: agent === '' ? false : agent }),
    ...given(settings.known_hosts_path, (knownHostsPath) => ({ knownHostsPath })),
    ...given(host.host_key, (hostKey) => ({ hostKey })),
    ...given(host.sudo, (sudo) => ({ sudo })),
    ...given(settings.sudo_password, (sudoPassword) => ({ sudoPassword })),
    ...(bastion === undefined ? {} : { bastion: toBastionSettings(bastion, user) }),
    ...given(settings.connect_timeout_seconds, (connectTimeoutSeconds) => ({ connectTimeoutSeconds })),
  };
}

function toBastionSettings(bastion: Bastion, user: string): BastionSettings {
  return {
    address: toOptional(bastion.address) ?? '',
    port: toOptional(bastion.port) ?? SSH_PORT,
    user: toOptional(bastion.user) ?? user,
    ...given(bastion.private_key_path, (privateKeyPath) => ({ privateKeyPath })),
    ...given(bastion.host_key, (hostKey) => ({ hostKey })),
  };
}

// Absent where the value is null: an optional field must not be there at all.
function given<T, Field extends object>(value: Value<T>, field: (value: T) => Field): Partial<Field> {
  return value.kind === 'known' ? field(value.value) : {};
}
