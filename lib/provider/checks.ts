// What is wrong with single values that a user gave: one check per kind of value, shared by check-host and check-settings.
import { type AttributePath, attributePath, printPath } from './protocol/attribute-path';
import type { Diagnostic } from './protocol/diagnostic';
import { type Value, toOptional } from './protocol/value';
import type { Bastion } from './schema/bastion';

/** What may stand in an attribute, in words and as a test. Null and unknown values pass: they are somebody else's question. */
export interface Rule<T> {
  readonly allowed: string;
  readonly isMet: (value: T) => boolean;
  /** What to do about the usual mistakes. */
  readonly fix?: (value: T) => string | undefined;
}

/** A TCP port that something can listen on. */
export const PORT: Rule<number> = wholeNumber(1, 65535);

/** What DNS or the kernel is asked for, and nothing of a URL. */
export const ADDRESS: Rule<string> = {
  allowed: 'a host name or an IP address, without port, user or brackets',
  isMet: (text) => /^[^\s@[\]/]+$/.test(text) && !/^[^:]*:[^:]*$/.test(text),
  fix: (text) => {
    if (text.includes('@')) return 'put the user into `user`';
    if (/^\[.*\]$/.test(text)) return 'write an IPv6 address without brackets';
    return /:\d+$/.test(text) ? 'put the port into `port`' : undefined;
  },
};

/** A login name; `:` would end it in `user:password`. */
export const USER: Rule<string> = {
  allowed: 'a user name without spaces',
  isMet: (text) => /^[^\s@:]+$/.test(text),
};

/** By its form only: which types are accepted, and whether the bytes are a key, `ssh/host-key.ts` says. */
export const HOST_KEY: Rule<string> = {
  allowed: 'a key type and a key in base64, such as `ssh-ed25519 AAAA…`',
  isMet: (text) => /^[a-z][a-z0-9@.-]+ [A-Za-z0-9+/]+=*( .*)?$/.test(text),
  fix: (text) =>
    / (ssh|ecdsa|sk)-/.test(text)
      ? 'leave out the host name that stands before the key type in known_hosts'
      : '`ssh-keyscan HOST` prints it after the host name',
};

/** Whether the file can be read is seen when it is needed: it may be on another machine than the one that plans. */
export const FILE_PATH: Rule<string> = {
  allowed: 'the path of a file',
  isMet: (text) => text !== '' && !text.includes('\0') && !isPrivateKey(text),
  fix: (text) => (isPrivateKey(text) ? 'give its text as `private_key`' : undefined),
};

// Such as `private_key_path = file("id_ed25519")`: other providers want the text there.
function isPrivateKey(text: string): boolean {
  return text.includes('PRIVATE KEY-----');
}

/** Both ends are allowed. */
export function wholeNumber(lowest: number, highest: number): Rule<number> {
  return {
    allowed: `a whole number from ${lowest} to ${highest}`,
    isMet: (given) => Number.isInteger(given) && given >= lowest && given <= highest,
  };
}

/** The errors of one value: none or one. */
export function check<T extends string | number>(
  value: Value<T>,
  rule: Rule<T>,
  path: AttributePath,
): readonly Diagnostic[] {
  const given = toOptional(value);
  if (given === undefined || rule.isMet(given)) return [];
  const fix = rule.fix?.(given);
  const lines = [
    `given: ${quote(given)}`,
    `allowed: ${rule.allowed}`,
    ...(fix === undefined ? [] : [`to do: ${fix}`]),
  ];
  return [badValue(path, lines.join('\n'))];
}

// A key that was given in the wrong place is still a secret.
function quote(given: string | number): string {
  return typeof given === 'string' && isPrivateKey(given) ? 'a private key' : JSON.stringify(given);
}

/** Its errors, each at its own attribute: `bastion.port`. */
export function checkBastion(bastion: Value<Bastion>): readonly Diagnostic[] {
  const given = toOptional(bastion);
  if (given === undefined) return [];
  const at = (name: keyof Bastion) => attributePath('bastion', name);
  return [
    ...check(given.address, ADDRESS, at('address')),
    ...check(given.port, PORT, at('port')),
    ...check(given.user, USER, at('user')),
    ...check(given.private_key_path, FILE_PATH, at('private_key_path')),
    ...check(given.host_key, HOST_KEY, at('host_key')),
  ];
}

/** The error that the value at this path is not allowed. */
export function badValue(path: AttributePath, detail: string): Diagnostic {
  return { severity: 'error', summary: `Bad value for ${printPath(path)}`, detail, path };
}
