// Blocks as Terraform sends them, complete: every attribute is there, null where the user wrote nothing.

const SETTINGS = {
  user: null,
  port: null,
  private_key_path: null,
  private_key: null,
  password: null,
  sudo_password: null,
  agent: null,
  known_hosts_path: null,
  sudo: null,
  bastion: null,
  connect_timeout_seconds: null,
};

const HOST = {
  id: null,
  address: '192.0.2.1',
  port: null,
  user: null,
  host_key: null,
  sudo: null,
  bastion: null,
  scope: null,
  chain_prefix: null,
  parts: { '10-a': 'sysctl net.ipv4.ip_forward=1' },
  persist: null,
  lock_timeout_seconds: null,
  confirm_timeout_seconds: null,
  drain_timeout_seconds: null,
  probes: null,
  adopt: null,
  management_cidrs: null,
  allow_lockout: null,
};

const PROBE = {
  kind: null,
  command: null,
  address: null,
  port: null,
  url: null,
  status: null,
  from: null,
  timeout_seconds: null,
};

const BASTION = { address: '198.51.100.1', port: null, user: null, private_key_path: null, host_key: null };

export type Block = Readonly<Record<string, unknown>>;

export function settingsBlock(given: Block = {}): Block {
  return { ...SETTINGS, ...given };
}

/** A host's block in the configuration. */
export function hostBlock(given: Block = {}): Block {
  return { ...HOST, ...given };
}

/** A host's state: with the defaults and an id. */
export function hostState(given: Block = {}): Block {
  return {
    ...HOST,
    id: 'id-1',
    scope: 'default',
    chain_prefix: 'GW-',
    persist: 'fail-open',
    lock_timeout_seconds: 30,
    confirm_timeout_seconds: 30,
    drain_timeout_seconds: 0,
    allow_lockout: false,
    ...given,
  };
}

export function probeBlock(given: Block): Block {
  return { ...PROBE, ...given };
}

export function bastionBlock(given: Block = {}): Block {
  return { ...BASTION, ...given };
}

/** Attributes of a host that may be unknown at validation; scope and prefix have rules of their own. */
export const MAY_BE_UNKNOWN = [
  'address',
  'port',
  'user',
  'host_key',
  'sudo',
  'bastion',
  'parts',
  'persist',
  'lock_timeout_seconds',
  'confirm_timeout_seconds',
  'drain_timeout_seconds',
  'probes',
  'management_cidrs',
  'allow_lockout',
] as const;
