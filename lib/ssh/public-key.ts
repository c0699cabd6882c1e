// A host's public key as text, bytes and fingerprint, and the algorithms that prove it. Used by known-hosts.ts and host-key.ts.
import { createHash } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';

/** `bytes` is the whole key as SSH sends it, its type included. */
export interface PublicKey {
  /** As known_hosts names it, such as `ssh-ed25519`. */
  readonly keyType: string;
  readonly bytes: Buffer;
}

/**
 * Key type -> how a host proves such a key, best first; the order of the types is the one offered to a host of which
 * nothing is known. SHA-1 signatures (`ssh-rsa` as an algorithm) and DSA are not accepted.
 */
const ALGORITHMS: ReadonlyMap<string, readonly ServerHostKeyAlgorithm[]> = new Map([
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
]);

/** The key types that a host can be known by. */
export const KEY_TYPES: readonly string[] = [...ALGORITHMS.keys()];

/** Reads `TYPE` and `BASE64`; `undefined` where the bytes are no key of that type. */
export function parsePublicKey(keyType: string, base64: string): PublicKey | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  return readKeyType(bytes) === keyType ? { keyType, bytes } : undefined;
}

/** The type that a key's own bytes begin with: a length of four bytes, then the name. */
export function readKeyType(bytes: Buffer): string | undefined {
  if (bytes.length < 4) return undefined;
  const length = bytes.readUInt32BE(0);
  return length > bytes.length - 4 ? undefined : bytes.toString('latin1', 4, 4 + length);
}

/** As `ssh-keygen -l` prints it. */
export function printFingerprint(bytes: Buffer): string {
  return `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`;
}

/**
 * What to offer to a host known by keys of these types, in their order, so that one known by its ed25519 key is not
 * asked for its RSA key. The others follow: a host that has lost its known key then shows which one it has now.
 */
export function hostKeyAlgorithms(knownTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const types = new Set([...knownTypes, ...KEY_TYPES]);
  return [...types].flatMap((keyType) => ALGORITHMS.get(keyType) ?? []);
}
