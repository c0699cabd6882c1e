// Props that say how to reach a host, which provider and host have in common, with their checks and their attributes.
import type { Check, Pattern } from './checks';
import { checkPattern, checkPort, ifKnown } from './checks';
import type { Attributes } from './framework';

/** A host to go through on the way to another. */
export interface Bastion {
  /** Name or IP address, without port or user. */
  readonly address: string;
  /**
   * Its SSH port.
   * @default 22
   */
  readonly port?: number;
  /**
   * Its user.
   * @default - the user of the host behind it
   */
  readonly user?: string;
  /**
   * A file with a private key for it alone.
   * @default - the keys of the host behind it
   */
  readonly privateKeyPath?: string;
  /**
   * Its public host key, as in `known_hosts` without the names: `ssh-ed25519 AAAA…`.
   * @default - what `known_hosts` says
   */
  readonly hostKey?: string;
}

const ADDRESS: Pattern = {
  pattern: /^[^\s@[\]/]+$/,
  allowed: 'a host name or an IP address, without port, user or brackets',
};
const USER: Pattern = { pattern: /^[^\s@:]+$/, allowed: 'a user name without spaces' };
const HOST_KEY: Pattern = {
  pattern: /^[a-z][a-z0-9@.-]+ [A-Za-z0-9+/]+=*( .*)?$/,
  allowed: 'a key type and a key in base64, such as ssh-ed25519 AAAA…, without the host name before it',
};

/** Terraform runs in the stack's folder, so a relative path would not lead where the app thinks. */
const FILE: Pattern = {
  pattern: /^(~?[/]|[A-Za-z]:[\\/])/,
  allowed: "an absolute path, or one that begins with ~/; path.resolve('…') makes one of a relative path",
};

/** The props of which a provider, a host and a bastion each have some. */
export type Reach = Partial<Bastion> & {
  readonly knownHostsPath?: string;
  readonly bastion?: Bastion;
};

/** `prefix` is the way to the props in what the user wrote, such as `bastion.`. */
export function checkReach(reach: Reach, prefix = ''): readonly Check[] {
  return [
    ifKnown(reach.address, (address) => checkPattern(`${prefix}address`, address, ADDRESS)),
    ifKnown(reach.port, (port) => checkPort(`${prefix}port`, port)),
    ifKnown(reach.user, (user) => checkPattern(`${prefix}user`, user, USER)),
    ifKnown(reach.privateKeyPath, (path) => checkPattern(`${prefix}privateKeyPath`, path, FILE)),
    ifKnown(reach.knownHostsPath, (path) => checkPattern(`${prefix}knownHostsPath`, path, FILE)),
    ifKnown(reach.hostKey, (key) => checkPattern(`${prefix}hostKey`, key, HOST_KEY)),
    ...(reach.bastion === undefined ? [] : checkReach(reach.bastion, `${prefix}bastion.`)),
  ];
}

/** In Terraform's spelling; absent where there is no bastion. */
export function toBastionAttribute(bastion: Bastion | undefined): Attributes | undefined {
  if (bastion === undefined) return undefined;
  const { address, port, user, privateKeyPath, hostKey } = bastion;
  return { address, port, user, private_key_path: privateKeyPath, host_key: hostKey };
}
