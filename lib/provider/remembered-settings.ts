// The attributes besides scope and parts, as the host keeps them for an import: written at apply, read back at import.
import { Rejected } from './protocol/diagnostic';
import { type AttributeValues, nested } from './protocol/attributes';
import { decodeJson } from './protocol/dynamic-value';
import { known } from './protocol/value';
import { HOST, type Host } from './schema/host';

const REMEMBERED = {
  port: HOST.port,
  user: HOST.user,
  host_key: HOST.host_key,
  sudo: HOST.sudo,
  bastion: HOST.bastion,
  chain_prefix: HOST.chain_prefix,
  persist: HOST.persist,
  lock_timeout_seconds: HOST.lock_timeout_seconds,
  confirm_timeout_seconds: HOST.confirm_timeout_seconds,
  drain_timeout_seconds: HOST.drain_timeout_seconds,
  probes: HOST.probes,
  adopt: HOST.adopt,
  management_cidrs: HOST.management_cidrs,
  allow_lockout: HOST.allow_lockout,
} as const;

const remembered = nested(REMEMBERED);

/** As in the block: null where the provider's settings or a default were meant. */
export type RememberedSettings = AttributeValues<typeof REMEMBERED>;

/** JSON for the host's manifest. No secret is among it. */
export function printRememberedSettings(host: Host): string {
  return JSON.stringify(remembered.encode(known(host)));
}

/** What a host kept; text that cannot be read is an error, since an import that guesses would plan changes. */
export function parseRememberedSettings(text: string): RememberedSettings {
  try {
    const settings = remembered.decode(decodeJson(text), []);
    if (settings.kind === 'known') return settings.value;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof Rejected)) throw error;
  }
  throw new Rejected([
    {
      severity: 'error',
      summary: "The host's record of its settings cannot be read",
      detail:
        `found: ${text.slice(0, 200)}\n` +
        'to do: look at the manifest below /var/lib/gatewright on the host; it was edited, or a newer Gatewright wrote it',
    },
  ]);
}
