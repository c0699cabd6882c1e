// The attributes of the resource `gatewright_host`: one host and scope, and the parts that it should consist of.
import { DEFAULT_PERSIST } from '../../model/persist';
import { DEFAULT_SCOPE } from '../../model/scope';
import { type AttributeValues, nested } from '../protocol/attributes';
import { bool, listOf, mapOf, number, string } from '../protocol/wire-type';
import { bastion } from './bastion';
import { probes } from './probes';

/** The resource type, as it stands in HCL. */
export const HOST_TYPE = 'gatewright_host';

/** Of the state's shape; a state of a lower version is upgraded, of a higher one refused. */
export const HOST_SCHEMA_VERSION = 0;

/** Of the resource; shown by `terraform providers schema`. */
export const HOST_DESCRIPTION =
  'What one owner (scope) declares on one Linux host: lines of `iptables`, `sysctl` and the like, in named parts. ' +
  'All of it is read, planned, changed and undone together.';

/** An apply of a large host takes a few seconds. */
export const DEFAULT_LOCK_TIMEOUT_SECONDS = 30;

/** The connections of a real server that goes break. */
export const DEFAULT_DRAIN_TIMEOUT_SECONDS = 0;

/** Long enough for a slow login, short enough for somebody who has just locked everybody out. */
export const DEFAULT_CONFIRM_TIMEOUT_SECONDS = 30;

/** The resource's attributes. */
export const HOST = {
  id: {
    mode: 'computed',
    type: string,
    description: 'A random name given at the first apply and kept on the host, by which it is known again.',
  },
  address: {
    mode: 'required',
    type: string,
    description: 'Name or IP address of the host, without port or user.',
  },
  port: { mode: 'optional', type: number, description: "SSH port. Default: the provider's, else `22`." },
  user: {
    mode: 'optional',
    type: string,
    description: "User to log in as. Default: the provider's, else `root`.",
  },
  host_key: {
    mode: 'optional',
    type: string,
    description:
      'Public host key, as in `known_hosts` without the names: `ssh-ed25519 AAAA…`. It decides alone where it is ' +
      'given. Default: what `known_hosts` says.',
  },
  sudo: {
    mode: 'optional',
    type: bool,
    description: "Become root by `sudo`. Default: the provider's, else true unless the user is root.",
  },
  bastion: { mode: 'optional', type: bastion, description: "A host to go through. Default: the provider's." },
  scope: {
    mode: 'defaulted',
    type: string,
    description:
      'Who owns what is declared here; several scopes (stacks, teams) live side by side on a host. ' +
      `Default: \`${DEFAULT_SCOPE.name}\`. A change replaces the resource.`,
  },
  chain_prefix: {
    mode: 'defaulted',
    type: string,
    description:
      'Chains whose names begin so belong to the scope. At most 8 characters, the last a `-`. ' +
      `Default: \`${DEFAULT_SCOPE.chainPrefix}\` for scope \`${DEFAULT_SCOPE.name}\`; every other scope must name one. ` +
      'A change replaces the resource.',
  },
  parts: {
    mode: 'required',
    type: mapOf(string),
    description:
      'What the host should be: from the name of a part to its lines, as they would stand in a runbook. ' +
      'Parts count in the order of their names. Names that begin with `~` are kept for what a refresh finds.',
  },
  persist: {
    mode: 'defaulted',
    type: string,
    description:
      'What a reboot of the host does: `fail-open` loads all that can be loaded of what was last applied; `fail-closed` too, but the host ' +
      'forwards nothing before all of it is there; `none` keeps nothing for a boot. ' +
      `Default: \`${DEFAULT_PERSIST}\`.`,
  },
  lock_timeout_seconds: {
    mode: 'defaulted',
    type: number,
    description:
      'How long to wait where another apply works on the same host. ' +
      `Default: \`${DEFAULT_LOCK_TIMEOUT_SECONDS}\`.`,
  },
  confirm_timeout_seconds: {
    mode: 'defaulted',
    type: number,
    description:
      'How long the host waits, when all is changed and read back, for a new SSH connection that confirms the apply; then it rolls ' +
      `itself back. At least 3. Default: \`${DEFAULT_CONFIRM_TIMEOUT_SECONDS}\`.`,
  },
  drain_timeout_seconds: {
    mode: 'defaulted',
    type: number,
    description:
      'How long a real server of IPVS that is no longer declared may keep its connections: it gets no new ones, and goes ' +
      `when it has none left or the time is over. Default: \`${DEFAULT_DRAIN_TIMEOUT_SECONDS}\`, it goes at once.`,
  },
  probes: {
    mode: 'optional',
    type: probes,
    description:
      'What must work after the changes, before they are confirmed; otherwise they are rolled back. Looked at over a new ' +
      'connection. Default: none.',
  },
  management_cidrs: {
    mode: 'optional',
    type: listOf(string),
    description:
      'Networks from which SSH must get in after every apply, such as `192.0.2.0/24`, beside the address that this ' +
      'session comes from. A plan that would surely keep one of them out is refused. Default: none.',
  },
  adopt: {
    mode: 'optional',
    type: listOf(string),
    description:
      'Lines that stand for what exists on the host already, as it is there, such as `ip route add default via 192.0.2.1`: ' +
      'a part may then declare it otherwise. It is changed, set back on destroy, and never deleted. Default: none.',
  },
  allow_lockout: {
    mode: 'defaulted',
    type: bool,
    description:
      'Warn, and do not refuse, where an apply would lock out the address that this session comes from, or one of ' +
      '`management_cidrs`. Default: `false`.',
  },
} as const;

/** A configuration, a plan or a state of it. */
export type Host = AttributeValues<typeof HOST>;

/** The whole resource. */
export const host = nested(HOST);
