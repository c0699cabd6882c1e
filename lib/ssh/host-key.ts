// Decides whether the key that a host shows is the one that the user trusts; never skipped. Used by dial.ts.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { expandHome, type SshEnvironment } from './environment';
import { SshError, type SshErrorCode } from './errors';
import { knownHostName } from './host-pattern';
import { printHostKeyRefusal } from './host-key-refusal';
import {
  judgeHostKey,
  knownKeyTypes,
  parseKnownHosts,
  type HostAddress,
  type KnownHost,
} from './known-hosts';
import {
  hostKeyAlgorithms,
  KEY_TYPES,
  parsePublicKey,
  printFingerprint,
  readKeyType,
  type PublicKey,
} from './public-key';

/** What to ask a host for, and what to think of its answer. */
export interface HostKeyPolicy {
  readonly algorithms: ServerHostKeyAlgorithm[];
  /** `undefined`: trusted. */
  readonly refuse: (shown: Buffer) => SshError | undefined;
}

/** What of `SshSettings` says who the host is. */
export interface HostKeySettings extends HostAddress {
  /** `user@address:port`, for messages. */
  readonly name: string;
  readonly hostKey?: string | undefined;
  readonly knownHostsPath?: string | undefined;
  /** `user@address:port` of the bastion in front of it. */
  readonly bastionName?: string;
}

/** `hostKey` decides alone where it is given, known_hosts elsewhere. */
export async function readHostKeyPolicy(
  settings: HostKeySettings,
  environment: SshEnvironment,
): Promise<HostKeyPolicy> {
  if (settings.hostKey !== undefined)
    return pinnedPolicy(settings, parseHostKey(settings.hostKey, settings.name));
  const files = knownHostsFiles(settings, environment);
  const texts = await Promise.all(files.map((file) => readKnownHostsFile(file, settings.name)));
  return knownHostsPolicy(
    settings,
    files,
    texts.flatMap((text, index) => parseKnownHosts(text, files[index] ?? '')),
  );
}

/** Reads the `hostKey` setting: key type and base64, as in a known_hosts line behind the host names or in a `.pub` file. */
export function parseHostKey(text: string, host: string): PublicKey {
  const [keyType, base64] = text.trim().split(/\s+/);
  const isOneLine = !text.trim().includes('\n');
  if (isOneLine && keyType !== undefined && base64 !== undefined && KEY_TYPES.includes(keyType)) {
    const key = parsePublicKey(keyType, base64);
    if (key !== undefined) return key;
  }
  const looksLikeLine = base64 !== undefined && KEY_TYPES.includes(base64);
  throw new SshError(
    'key-unreadable',
    host,
    'settings',
    looksLikeLine
      ? `host_key is a whole known_hosts line; it must be only what follows the host names, '${base64} AAAA…'`
      : `host_key must be a key type and its base64, such as 'ssh-ed25519 AAAA…'; types: ${KEY_TYPES.join(', ')}`,
    { fix: 'take the two words from the host itself: cat /etc/ssh/ssh_host_ed25519_key.pub' },
  );
}

function pinnedPolicy(settings: HostKeySettings, pinned: PublicKey): HostKeyPolicy {
  return {
    algorithms: hostKeyAlgorithms([pinned.keyType]),
    refuse: (shown) =>
      pinned.bytes.equals(shown)
        ? undefined
        : new SshError(
            'host-key-changed',
            settings.name,
            'connect',
            [
              `${settings.name} does not have the key that host_key names`,
              `shown: ${printShownKey(shown)}`,
              `host_key: ${pinned.keyType} ${printFingerprint(pinned.bytes)}`,
            ].join('\n'),
            { fix: 'find out why the key differs; where the change is meant, correct host_key' },
          ),
  };
}

function knownHostsPolicy(
  settings: HostKeySettings,
  files: readonly string[],
  entries: readonly KnownHost[],
): HostKeyPolicy {
  return {
    algorithms: hostKeyAlgorithms(knownKeyTypes(entries, settings)),
    refuse: (shown) => {
      const verdict = judgeHostKey(entries, settings, toPublicKey(shown));
      if (verdict.kind === 'known') return undefined;
      const { message, fix } = printHostKeyRefusal(verdict, {
        name: settings.name,
        address: settings.address,
        port: settings.port,
        knownHostName: knownHostName(settings.address, settings.port),
        shown: printShownKey(shown),
        files,
        ...(settings.bastionName === undefined ? {} : { bastionName: settings.bastionName }),
      });
      const code: SshErrorCode = `host-key-${verdict.kind}`;
      return new SshError(code, settings.name, 'connect', message, { fix });
    },
  };
}

function toPublicKey(shown: Buffer): PublicKey {
  return { keyType: readKeyType(shown) ?? 'unreadable', bytes: shown };
}

function printShownKey(shown: Buffer): string {
  return `${readKeyType(shown) ?? 'unreadable'} ${printFingerprint(shown)}`;
}

function knownHostsFiles(settings: HostKeySettings, environment: SshEnvironment): string[] {
  if (settings.knownHostsPath !== undefined) return [expandHome(settings.knownHostsPath, environment)];
  return [join(environment.homeFolder, '.ssh', 'known_hosts'), environment.systemKnownHostsPath];
}

/** A file that does not exist knows no host; one that cannot be read is an error. */
async function readKnownHostsFile(file: string, host: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw new SshError('host-key-unknown', host, 'settings', `known_hosts file ${file} cannot be read`, {
      cause: error,
      fix: `let this user read ${file}, or name another by known_hosts_path`,
    });
  }
}
