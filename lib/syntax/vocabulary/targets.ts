// The table of target extensions, and how each kind of target prints. Used by the reader and the printer of rules.
import type { Target } from '../../model/rule';
import type { TargetEntry } from './entry';
import { printOptions } from './entry';
import { MARK_TARGET_ENTRY, printMarkTarget } from './mark';
import { CONNMARK_ENTRY } from './connmark';
import { IPV6_TARGETS } from './ipv6-extensions';
import { LOG_ENTRIES } from './logging';
import { PACKET_TARGETS } from './packet-targets';
import { printReject, REJECT_ENTRY } from './reject';
import {
  DNAT_ENTRY,
  MASQUERADE_ENTRY,
  printAddressTarget,
  printMasquerade,
  SNAT_ENTRY,
} from './translations';

/** By the word behind `-j`. */
export const TARGETS: ReadonlyMap<string, TargetEntry> = new Map(
  [
    DNAT_ENTRY,
    SNAT_ENTRY,
    MASQUERADE_ENTRY,
    MARK_TARGET_ENTRY,
    CONNMARK_ENTRY,
    REJECT_ENTRY,
    ...LOG_ENTRIES,
    ...PACKET_TARGETS,
    ...IPV6_TARGETS,
  ].map((entry) => [entry.extension, entry]),
);

/** The targets that need no extension. QUEUE is known to iptables-legacy alone. */
export const VERDICTS = ['ACCEPT', 'DROP', 'RETURN', 'QUEUE'] as const;

/** Extensions of the tools that the vocabulary does not know: no chain can have their name. */
export const OTHER_EXTENSIONS: ReadonlySet<string> = new Set([
  ...['AUDIT', 'CLUSTERIP', 'CONNSECMARK', 'ECN', 'HMARK', 'IDLETIMER', 'LED', 'RATEEST', 'SECMARK'],
  ...['SYNPROXY', 'TCPOPTSTRIP', 'ULOG'],
]);

/** The words of a target as iptables-save prints them, before it quotes them. */
export function printTarget(target: Target): readonly string[] {
  switch (target.kind) {
    case 'verdict':
      return ['-j', target.verdict];
    case 'jump':
      return ['-j', target.chain];
    case 'goto':
      return ['-g', target.chain];
    case 'dnat':
    case 'snat':
      return printAddressTarget(target);
    case 'masquerade':
      return printMasquerade(target);
    case 'mark':
      return printMarkTarget(target);
    case 'reject':
      return printReject(target);
    case 'extension':
      return ['-j', target.extension, ...printOptions(target.options)];
    case 'opaque':
      return target.words;
  }
}
