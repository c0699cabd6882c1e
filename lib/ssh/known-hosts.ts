// Reads known_hosts(5) and judges the key that a host shows; pure. Used by host-key.ts.
import { knownHostName, matchesHost } from './host-pattern';
import { parsePublicKey, type PublicKey } from './public-key';

/** One line of a known_hosts file. */
export interface KnownHost extends PublicKey {
  readonly marker?: 'revoked' | 'cert-authority';
  /** The first field as written: names, patterns or a hash. */
  readonly hosts: string;
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
}

/** Where a host is, as the user wrote it. */
export interface HostAddress {
  readonly address: string;
  readonly port: number;
}

/** Only `known` may be trusted. */
export type HostKeyVerdict =
  | { readonly kind: 'known' }
  /** `authorities` are the lines that would accept a host certificate: those are not supported. */
  | { readonly kind: 'unknown'; readonly authorities: readonly KnownHost[] }
  | { readonly kind: 'changed' | 'revoked'; readonly entry: KnownHost };

/** Lines that are no entries (comments, SSH 1 keys, damaged ones) know no host, as with ssh(1). */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((line, index) => {
    const entry = parseLine(line, { file, line: index + 1 });
    return entry === undefined ? [] : [entry];
  });
}

function parseLine(text: string, place: Pick<KnownHost, 'file' | 'line'>): KnownHost | undefined {
  const words = text.trim().split(/\s+/);
  const marker = parseMarker(words[0]);
  if (marker !== undefined) words.shift();
  const [hosts, keyType, base64] = words;
  if (hosts === undefined || keyType === undefined || base64 === undefined || /^[#@]/.test(hosts))
    return undefined;
  const key = parsePublicKey(keyType, base64);
  if (key === undefined) return undefined;
  return { ...key, ...(marker === undefined ? {} : { marker }), hosts, ...place };
}

function parseMarker(word: string | undefined): KnownHost['marker'] {
  if (word === '@revoked') return 'revoked';
  if (word === '@cert-authority') return 'cert-authority';
  return undefined;
}

/**
 * A revoked key is refused whatever else is said. An entry for the plain address also vouches for a host on another
 * port, as with ssh(1), but only `[address]:port` can say that its key has changed.
 */
export function judgeHostKey(
  entries: readonly KnownHost[],
  host: HostAddress,
  key: PublicKey,
): HostKeyVerdict {
  const near = entriesFor(entries, host);
  const revoked = near.find((entry) => entry.marker === 'revoked' && isSameKey(entry, key));
  if (revoked !== undefined) return { kind: 'revoked', entry: revoked };
  const known = near.filter((entry) => entry.marker === undefined);
  if (known.some((entry) => isSameKey(entry, key))) return { kind: 'known' };
  const exact = known.filter((entry) => matchesHost(entry.hosts, knownHostName(host.address, host.port)));
  const disagreeing = exact.find((entry) => entry.keyType === key.keyType) ?? exact[0];
  if (disagreeing !== undefined) return { kind: 'changed', entry: disagreeing };
  return { kind: 'unknown', authorities: near.filter((entry) => entry.marker === 'cert-authority') };
}

/** The types of the keys that the host is known by, in the order of the entries. */
export function knownKeyTypes(entries: readonly KnownHost[], host: HostAddress): string[] {
  const known = entriesFor(entries, host).filter((entry) => entry.marker === undefined);
  return [...new Set(known.map((entry) => entry.keyType))];
}

/** Entries for `[address]:port` first, then those for the plain address. */
function entriesFor(entries: readonly KnownHost[], { address, port }: HostAddress): KnownHost[] {
  const exact = knownHostName(address, port);
  const plain = address.toLowerCase();
  const isExact = (entry: KnownHost): boolean => matchesHost(entry.hosts, exact);
  return [
    ...entries.filter(isExact),
    ...entries.filter((entry) => !isExact(entry) && matchesHost(entry.hosts, plain)),
  ];
}

function isSameKey(a: PublicKey, b: PublicKey): boolean {
  return a.bytes.equals(b.bytes);
}
