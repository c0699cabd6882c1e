// What a target does to a packet that its rule matches. Used by traverse.ts; a test holds that no target of the vocabulary is missing.
import type { Rule, Target } from '../model/rule';
import type { Packet } from './packet';
import type { Translate } from './translations';
import { masquerade, redirect, translateDestination, translateSource } from './translations';

/** How a rule goes on, told apart by `kind`. */
export type Effect =
  | { readonly kind: 'accepted' | 'return' }
  | { readonly kind: 'dropped' | 'rejected' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  /** To the next rule, with what it changes of the packet. */
  | { readonly kind: 'pass'; readonly change?: (packet: Packet) => Packet }
  /** Nat gives the packet another destination, or another source; the table is done with it. */
  | { readonly kind: 'translated'; readonly change: Translate }
  /** It may be anything. */
  | { readonly kind: 'unknown'; readonly why: string };

/** What a rule does where it matches. */
export function effectOf(rule: Rule): Effect {
  return isUnread(rule)
    ? { kind: 'unknown', why: 'its words are not known to Gatewright' }
    : rule.target === undefined
      ? PASS
      : targetEffect(rule.target);
}

/** By the word behind `-j`, opaque uses included. */
export const EXTENSIONS: Readonly<Record<string, ExtensionRow>> = {
  DNAT: 'own-kind',
  SNAT: 'own-kind',
  MASQUERADE: 'own-kind',
  MARK: 'own-kind',
  REJECT: 'own-kind',
  REDIRECT: { kind: 'translated', change: redirect(undefined) },
  NETMAP: unknown('what NETMAP makes of an address is not followed'),
  LOG: 'passes',
  NFLOG: 'passes',
  TRACE: 'passes',
  CLASSIFY: 'passes',
  TEE: 'passes',
  CHECKSUM: 'passes',
  TOS: 'passes',
  DSCP: 'passes',
  TTL: 'passes',
  HL: 'passes',
  TCPMSS: 'passes',
  ECN: 'passes',
  TCPOPTSTRIP: 'passes',
  AUDIT: 'passes',
  SECMARK: 'passes',
  CONNSECMARK: 'passes',
  IDLETIMER: 'passes',
  LED: 'passes',
  RATEEST: 'passes',
  ULOG: 'passes',
  NOTRACK: { kind: 'pass', change: untracked },
  CT: 'passes',
  CONNMARK: { kind: 'pass', change: withUnknownMark },
  HMARK: { kind: 'pass', change: withUnknownMark },
  SET: { kind: 'pass', change: withUnknownMark },
  TPROXY: unknown('who takes the packets of TPROXY is not known'),
  NFQUEUE: unknown('the program that takes the queue decides'),
  SNPT: unknown('translated prefixes are not followed'),
  DNPT: unknown('translated prefixes are not followed'),
  CLUSTERIP: unknown('the node that answers is not known'),
  SYNPROXY: unknown('what SYNPROXY does is not followed'),
};

/** `own-kind`: a kind of target of the model; `passes`: the packet goes on as it is. */
export type ExtensionRow = 'own-kind' | 'passes' | Effect;

const PASS: Effect = { kind: 'pass' };

function unknown(why: string): Effect {
  return { kind: 'unknown', why };
}

function targetEffect(target: Target): Effect {
  switch (target.kind) {
    case 'verdict':
      return VERDICTS[target.verdict];
    case 'jump':
    case 'goto':
      return target;
    case 'dnat':
      return { kind: 'translated', change: translateDestination(target.to) };
    case 'snat':
      return { kind: 'translated', change: translateSource(target) };
    case 'masquerade':
      return { kind: 'translated', change: masquerade(target) };
    case 'mark':
      return { kind: 'pass', change: (packet) => withMark(packet, target) };
    case 'reject':
      return { kind: 'rejected' };
    case 'extension':
      return extensionEffect(target);
    case 'opaque':
      return opaqueEffect(target.words);
  }
}

const VERDICTS: Readonly<Record<Extract<Target, { kind: 'verdict' }>['verdict'], Effect>> = {
  ACCEPT: { kind: 'accepted' },
  DROP: { kind: 'dropped' },
  RETURN: { kind: 'return' },
  QUEUE: unknown('the program that takes the queue decides'),
};

function extensionEffect({ extension, options }: Extract<Target, { kind: 'extension' }>): Effect {
  const ports = options.find(({ name }) => name === '--to-ports')?.values[0];
  if (extension === 'REDIRECT') return { kind: 'translated', change: redirect(ports) };
  // The connection's mark is set from the packet's or from the line: the packet keeps its own.
  const keepsMark = extension === 'CONNMARK' && !options.some(({ name }) => name === '--restore-mark');
  return keepsMark ? PASS : rowEffect(EXTENSIONS[extension]);
}

function opaqueEffect(words: readonly string[]): Effect {
  const [, name = '', ...options] = words;
  if (name === 'CT' && options.includes('--notrack')) return { kind: 'pass', change: untracked };
  return rowEffect(EXTENSIONS[name]);
}

function rowEffect(row: ExtensionRow | undefined): Effect {
  if (row === 'passes') return PASS;
  return row === undefined || row === 'own-kind' ? unknown('its words are not known to Gatewright') : row;
}

/** `parseRuleText` gives the words of a rule that it cannot read as one match: then its target is among them. */
function isUnread({ matches, target }: Rule): boolean {
  return (
    target === undefined &&
    matches.some(
      (match) => match.kind === 'opaque' && match.words.some((word) => word === '-j' || word === '-g'),
    )
  );
}

function withMark(
  packet: Packet,
  { value, mask }: { readonly value: number; readonly mask: number },
): Packet {
  const isWhole = mask >>> 0 === 0xffffffff;
  if (packet.mark === 'unknown') return isWhole ? { ...packet, mark: value >>> 0 } : packet;
  return { ...packet, mark: ((packet.mark & ~mask) ^ value) >>> 0 };
}

function withUnknownMark(packet: Packet): Packet {
  return { ...packet, mark: 'unknown' };
}

function untracked(packet: Packet): Packet {
  return { ...packet, ctstate: 'UNTRACKED' };
}
