// The chains that a packet walks, and what the simulator must know beside them. Used by traverse.ts and by who asks for a walk.
import type { ChainAddress, Family } from '../model/iptables';
import type { Rule } from '../model/rule';
import { parseRuleText } from '../syntax/iptables-rule';
import type { Addresses } from './addresses';
import type { Answer } from './answer';
import type { Ipvs } from './ipvs';
import type { Device, Packet } from './packet';
import type { RecentList } from './match-recent';
import type { SetContents } from './set-contents';

/** One chain as iptables-save tells it. */
export interface Chain {
  readonly address: ChainAddress;
  /** Of a built-in chain. */
  readonly policy?: string;
  /** What stands behind `-A CHAIN `. */
  readonly rules: readonly string[];
}

/** By `chainKey`. A built-in chain that is absent is empty and accepts. */
export type RuleSet = ReadonlyMap<string, Chain>;

/** Where a packet for others goes: by a device, as far as that is known, or nowhere. */
export type Route = { readonly kind: 'device'; readonly device: Device } | { readonly kind: 'none' };

/** A host as far as a packet meets it. */
export interface Surroundings {
  readonly ruleSet: RuleSet;
  /** Is it an address of the host itself? */
  readonly isLocal: (addresses: Addresses, family: Family) => Answer;
  readonly parse: ParseRule;
  /**
   * Where a packet goes that is not for the host itself.
   * @default - by the device that the packet says, or one that is not known
   */
  readonly routeOf?: (packet: Packet) => Route;
  /**
   * The address that REDIRECT takes from a device.
   * @default - some address that is not known
   */
  readonly addressOf?: (device: string, family: Family) => string | undefined;
  /**
   * The address that MASQUERADE gives a packet, whose device out is known by then.
   * @default - some address that is not known
   */
  readonly masqueradeAddressOf?: (packet: Packet) => string | undefined;
  /**
   * By name. Of one that is absent nothing is known.
   * @default - nothing is known of any
   */
  readonly sets?: ReadonlyMap<string, SetContents>;
  /**
   * The lists of the recent match, by name. One that is absent is empty, as before the first packet.
   * @default - nothing is known of any
   */
  readonly recent?: ReadonlyMap<string, RecentList>;
  /**
   * The virtual servers. None is an IPVS that takes nothing.
   * @default - what IPVS does is not followed, and `-m ipvs` cannot be told
   */
  readonly ipvs?: Ipvs;
  /**
   * False where no device is a port of a bridge.
   * @default - not known
   */
  readonly hasBridgePorts?: boolean;
  /**
   * The sysctl `route_localnet`: addresses of 127.0.0.0/8 come and go by other devices than the loopback one.
   * @default - false, as in the kernel
   */
  readonly isLocalnetRouted?: boolean;
}

export type ParseRule = (text: string, family: Family) => Rule;

/** Reads each rule once: reading is what costs most, and the chains before and after a change share nearly all rules. */
export function rememberingParser(): ParseRule {
  const read = { ipv4: new Map<string, Rule>(), ipv6: new Map<string, Rule>() };
  return (text, family) => {
    const found = read[family].get(text);
    if (found !== undefined) return found;
    const rule = parseRuleText(text, family);
    read[family].set(text, rule);
    return rule;
  };
}
