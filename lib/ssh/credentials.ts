// What to prove who we are with, in the order in which it is tried. Used by open.ts; authentication.ts plays it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ParsedKey } from 'ssh2';
import { expandHome, type SshEnvironment } from './environment';
import { SshError } from './errors';
import { parsePrivateKey, readPrivateKey, type PrivateKey } from './private-key';

/** One thing to try. `label` names it in messages and holds no secret. */
export type Credential =
  | { readonly kind: 'key'; readonly label: string; readonly key: ParsedKey }
  | { readonly kind: 'agent'; readonly label: string; readonly socketPath: string }
  | { readonly kind: 'password'; readonly label: string; readonly password: string };

/** What `readCredentials` returns has at least one thing to try. */
export interface Credentials {
  readonly tries: readonly Credential[];
  /** What was found and cannot be used, for messages. */
  readonly skipped: readonly string[];
}

/** What of `SshSettings` says who we are. */
export interface CredentialSettings {
  /** `user@address:port`, for messages. */
  readonly name: string;
  readonly privateKeyPath?: string | undefined;
  readonly privateKey?: string | undefined;
  readonly password?: string | undefined;
  readonly agent?: string | false | undefined;
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

const NO_CREDENTIALS = { tries: [], skipped: [] } as const;

/**
 * What is given decides: key, then agent, then password. Where neither key nor password is given: the agent, then the
 * keys in ~/.ssh. A given key that is encrypted is left to the agent, which may hold it.
 */
export async function readCredentials(
  settings: CredentialSettings,
  environment: SshEnvironment,
): Promise<Credentials> {
  const given = await readGivenKeys(settings, environment);
  const isGiven = settings.privateKey !== undefined || settings.privateKeyPath !== undefined;
  const agentSocket = chooseAgent(settings, environment, given.skipped.some(isEncrypted));
  const defaults =
    isGiven || settings.password !== undefined ? NO_CREDENTIALS : await readDefaultKeys(environment);
  const credentials: Credentials = {
    tries: [
      ...given.tries,
      ...(agentSocket === undefined ? [] : [agentCredential(agentSocket)]),
      ...defaults.tries,
      ...(settings.password === undefined ? [] : [passwordCredential(settings.password)]),
    ],
    skipped: [...given.skipped, ...defaults.skipped],
  };
  if (credentials.tries.length === 0) throw nothingToTry(settings.name, credentials.skipped);
  return credentials;
}

async function readGivenKeys(
  settings: CredentialSettings,
  environment: SshEnvironment,
): Promise<Credentials> {
  const tries: Credential[] = [];
  const skipped: string[] = [];
  const take = (label: string, key: PrivateKey): void => {
    if (key.kind === 'usable') tries.push({ kind: 'key', label, key: key.key });
    else if (key.kind === 'encrypted') skipped.push(`${label} (encrypted)`);
    else throw unusableKey(settings.name, `${label} is of no use: ${key.reason}`, GIVE_KEY);
  };
  if (settings.privateKey !== undefined) take('private_key', parsePrivateKey(settings.privateKey));
  if (settings.privateKeyPath !== undefined) {
    const path = expandHome(settings.privateKeyPath, environment);
    const key = await readPrivateKey(path);
    if (key === undefined) throw unusableKey(settings.name, `key ${path} does not exist`, CORRECT_PATH);
    take(`key ${path}`, key);
    skipped.push(...certificatesOf(path));
  }
  return { tries, skipped };
}

async function readDefaultKeys(environment: SshEnvironment): Promise<Credentials> {
  const tries: Credential[] = [];
  const skipped: string[] = [];
  for (const file of DEFAULT_KEYS) {
    const path = join(environment.homeFolder, '.ssh', file);
    const key = await readPrivateKey(path);
    if (key?.kind === 'usable') {
      tries.push({ kind: 'key', label: `key ${path}`, key: key.key });
      skipped.push(...certificatesOf(path));
    } else if (key?.kind === 'encrypted') skipped.push(`key ${path} (encrypted)`);
    else if (key !== undefined) skipped.push(`key ${path} (${key.reason})`);
  }
  return { tries, skipped };
}

/** As ssh(1) would find it; a host that trusts an authority alone refuses the bare key. */
function certificatesOf(keyPath: string): readonly string[] {
  const path = `${keyPath}-cert.pub`;
  return existsSync(path) ? [`certificate ${path} (user certificates are not supported)`] : [];
}

function isEncrypted(label: string): boolean {
  return label.endsWith('(encrypted)');
}

/** The surrounding agent serves where nothing else is given, and where a given key is encrypted. */
function chooseAgent(
  settings: CredentialSettings,
  environment: SshEnvironment,
  isNeeded: boolean,
): string | undefined {
  if (settings.agent === false) return undefined;
  if (settings.agent !== undefined) return expandHome(settings.agent, environment);
  const isElseGiven = [settings.privateKey, settings.privateKeyPath, settings.password].some(
    (setting) => setting !== undefined,
  );
  return isElseGiven && !isNeeded ? undefined : environment.agentSocket;
}

function agentCredential(socketPath: string): Credential {
  return { kind: 'agent', label: `agent ${socketPath}`, socketPath };
}

function passwordCredential(password: string): Credential {
  return { kind: 'password', label: 'password', password };
}

const GIVE_KEY =
  'give a private key as ssh-keygen(1) writes it (begins with -----BEGIN OPENSSH PRIVATE KEY-----)';

const CORRECT_PATH = 'correct private_key_path; a relative path begins at the folder in which Terraform runs';

function unusableKey(host: string, what: string, fix: string): SshError {
  return new SshError('key-unreadable', host, 'settings', what, { fix });
}

function nothingToTry(host: string, skipped: readonly string[]): SshError {
  if (skipped.some(isEncrypted)) {
    return new SshError(
      'key-unreadable',
      host,
      'settings',
      `${skipped.join(', ')}: an encrypted key needs an agent that holds it, and there is none`,
      {
        fix: 'start an agent and add the key: eval "$(ssh-agent)" && ssh-add, or give a key without passphrase',
      },
    );
  }
  return new SshError(
    'authentication-failed',
    host,
    'settings',
    ['there is nothing to log in with: no key, no agent, no password', ...skipped].join('\n'),
    { fix: 'set private_key_path, private_key, agent or password, or start an agent (SSH_AUTH_SOCK)' },
  );
}
