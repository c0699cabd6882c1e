// Where rules of table nat send UDP: from which destination to which endpoint, through jumps. Used by stale-entries.ts.
import type { ChainAddress, Family } from '../../model/iptables';
import { chainKey, FAMILIES } from '../../model/iptables';
import type { Match, PortRange, Target } from '../../model/rule';
import type { ParseRule } from '../../simulate/rule-set';
import { splitTo } from '../../simulate/translations';
import type { LiveChain } from '../live';

/** The chains of a host by `chainKey`. */
type Chains = ReadonlyMap<string, Pick<LiveChain, 'rules'>>;

/** What a packet is addressed to before it is translated; it names an address, ports, or both. */
export interface Destination {
  readonly family: Family;
  readonly address?: string;
  readonly ports?: PortRange;
}

/** What a packet is sent to instead, and so where its answers come from. */
export interface Endpoint {
  readonly address: string;
  /** Absent: the port stays as it is. */
  readonly port?: number;
}

/** UDP that is addressed so may be sent there. */
export interface Translation {
  readonly destination: Destination;
  readonly endpoint: Endpoint;
}

/** The user-defined chains that lead to a DNAT begin at one of these. */
const HOOKS = ['PREROUTING', 'OUTPUT'] as const;

/**
 * Every translation that some packet may meet: of a rule's other matches (source, device, chance) each may hold. Not followed are
 * destinations that are networks, and DNAT to ranges.
 */
export function udpTranslations(chains: Chains, parse: ParseRule): readonly Translation[] {
  return FAMILIES.flatMap((family) => {
    const walk = new Walk(chains, family, parse);
    for (const chain of HOOKS) walk.through(chain, {});
    return walk.found;
  });
}

/** What the matches on the way to a rule have said of the packet. */
interface Known {
  readonly isUdp?: boolean;
  readonly address?: string;
  /** The destination is one of several that were not told apart. */
  readonly isOfNetwork?: boolean;
  readonly ports?: PortRange;
}

class Walk {
  readonly found: Translation[] = [];
  private readonly walked = new Set<string>();

  constructor(
    private readonly chains: Chains,
    private readonly family: Family,
    private readonly parse: ParseRule,
  ) {}

  through(chain: string, known: Known): void {
    const address: ChainAddress = { family: this.family, table: 'nat', chain };
    const at = JSON.stringify([chain, known.isUdp, known.address, known.isOfNetwork, known.ports]);
    if (this.walked.has(at)) return;
    this.walked.add(at);
    for (const text of this.chains.get(chainKey(address))?.rules ?? []) {
      // Most rules of a large host are of TCP, and reading a rule takes longer than all else here.
      if (isOfOtherProtocol(text)) continue;
      const { matches, target } = this.parse(text, this.family);
      const now = matches.reduce<Known | undefined>(narrowed, known);
      if (now !== undefined && target !== undefined) this.follow(target, now);
    }
  }

  private follow(target: Target, known: Known): void {
    if (target.kind === 'jump' || target.kind === 'goto') this.through(target.chain, known);
    if (target.kind !== 'dnat' || known.isUdp !== true) return;
    const { address, ports, isOfNetwork = false } = known;
    const endpoint = toEndpoint(target.to, this.family);
    if (endpoint === undefined || (address === undefined && (ports === undefined || isOfNetwork))) return;
    const { family } = this;
    this.found.push({
      destination: {
        family,
        ...(address === undefined ? {} : { address }),
        ...(ports === undefined ? {} : { ports }),
      },
      endpoint,
    });
  }
}

/** `-p` stands before all modules in a saved rule, so no comment is taken for it. */
function isOfOtherProtocol(text: string): boolean {
  const [general = ''] = ` ${text}`.split(/ -[mjg] /, 1);
  return /(?<! !) -p (?!udp$|udp )/.test(general);
}

/** Absent: no packet of UDP passes both. */
function narrowed(known: Known | undefined, match: Match): Known | undefined {
  if (known === undefined) return undefined;
  switch (match.kind) {
    case 'protocol':
      if (match.negated === true) return match.protocol === 'udp' ? undefined : known;
      return match.protocol === 'udp' ? { ...known, isUdp: true } : undefined;
    case 'destination':
      return match.negated === true ? known : narrowedTo(known, match.prefix);
    case 'ports':
      return match.destination === undefined || match.destination.negated === true
        ? known
        : narrowedToPorts(known, match.destination.ports);
    default:
      return known;
  }
}

function narrowedTo(known: Known, prefix: string): Known | undefined {
  const [, address] = /^([^/]+)(?:\/(?:32|128))?$/.exec(prefix) ?? [];
  if (address === undefined) return { ...known, isOfNetwork: true };
  return known.address === undefined || known.address === address ? { ...known, address } : undefined;
}

function narrowedToPorts(known: Known, { first, last }: PortRange): Known | undefined {
  const ports = {
    first: Math.max(first, known.ports?.first ?? first),
    last: Math.min(last, known.ports?.last ?? last),
  };
  return ports.first > ports.last ? undefined : { ...known, ports };
}

/** Absent where it is a range, or names no address. */
function toEndpoint(to: string, family: Family): Endpoint | undefined {
  const { address, ports } = splitTo(to, { family });
  if (address === undefined || address.includes('-')) return undefined;
  if (ports === undefined) return { address };
  const { range, base } = ports;
  return range.first === range.last && base === undefined ? { address, port: range.first } : undefined;
}
