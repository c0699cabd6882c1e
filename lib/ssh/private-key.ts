// Reads private keys and says why one cannot be used, without ever showing it. Used by credentials.ts.
import { readFile } from 'node:fs/promises';
import { utils, type ParsedKey } from 'ssh2';

/** `reason` never quotes the key. */
export type PrivateKey =
  | { readonly kind: 'usable'; readonly key: ParsedKey }
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** A private key's text: OpenSSH's own format, or PEM. */
export function parsePrivateKey(text: string): PrivateKey {
  if (isEncrypted(text)) return { kind: 'encrypted' };
  const key = utils.parseKey(text.replaceAll('\r', ''));
  if (key instanceof Error) return { kind: 'unreadable', reason: 'no private key that is understood' };
  if (!key.isPrivateKey()) return { kind: 'unreadable', reason: 'a public key, not a private one' };
  return { kind: 'usable', key };
}

/** `undefined` where there is no such file. */
export async function readPrivateKey(path: string): Promise<PrivateKey | undefined> {
  try {
    return parsePrivateKey(await readFile(path, 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return code === 'ENOENT' ? undefined : { kind: 'unreadable', reason: `cannot be read (${code})` };
  }
}

const OPENSSH_KEY = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/;
const OPENSSH_MAGIC = 'openssh-key-v1\0';

/** PEM says so in its headers; OpenSSH's format names the cipher in the bytes. */
function isEncrypted(text: string): boolean {
  if (/^Proc-Type: 4,ENCRYPTED/m.test(text) || text.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----'))
    return true;
  const body = OPENSSH_KEY.exec(text)?.[1];
  if (body === undefined) return false;
  const bytes = Buffer.from(body, 'base64');
  const cipherAt = OPENSSH_MAGIC.length + 4;
  if (bytes.length < cipherAt || bytes.toString('latin1', 0, OPENSSH_MAGIC.length) !== OPENSSH_MAGIC)
    return false;
  const length = bytes.readUInt32BE(OPENSSH_MAGIC.length);
  return bytes.toString('latin1', cipherAt, cipherAt + length) !== 'none';
}
