// Very many chains in portions: iptables-nft takes time by the square of the chains that one commit names. Used by plan.ts and boot-rules.ts.

/**
 * As many as one commit names: 20,000 chains at once took 13 s, in portions of 1,000 all together 1.3 s.
 * Measured: docs/lab-notes/0400-what-an-apply-costs-on-the-host.md.
 */
export const CHUNK_CHAINS = 1000;

/** A chain of ours and what it holds. */
export interface FilledChain {
  readonly chain: string;
  /** As iptables-save prints them behind `-A CHAIN `. */
  readonly rules: readonly string[];
}

/**
 * Each chain behind all of these that its rules jump to, so that cut anywhere, what comes first refers to nothing that comes later.
 * Else as they were given. `undefined` where chains jump in a circle: they cannot be told apart.
 */
export function targetsFirst<C extends FilledChain>(chains: readonly C[]): C[] | undefined {
  const byName = new Map(chains.map((each) => [each.chain, each]));
  const ordered = new Set<C>();
  const open = new Set<C>();
  const pending = [...chains].reverse();
  for (let each = pending.at(-1); each !== undefined; each = pending.at(-1)) {
    if (ordered.has(each) || open.has(each)) {
      pending.pop();
      open.delete(each);
      ordered.add(each);
      continue;
    }
    open.add(each);
    const targets = targetsOf(each).flatMap((name) => byName.get(name) ?? []);
    if (targets.some((target) => open.has(target))) return undefined;
    pending.push(...targets.filter((target) => !ordered.has(target)).reverse());
  }
  return [...ordered];
}

/** As they are where they are few, or where they jump in a circle. */
export function inChunks<C extends FilledChain>(chains: readonly C[]): readonly C[][] | undefined {
  const ordered = chains.length > CHUNK_CHAINS ? targetsFirst(chains) : undefined;
  if (ordered === undefined) return undefined;
  const chunks: C[][] = [];
  for (let at = 0; at < ordered.length; at += CHUNK_CHAINS) chunks.push(ordered.slice(at, at + CHUNK_CHAINS));
  return chunks;
}

/** May name more than the rules jump to: what a comment says counts too, which here only bids an order that was free. */
function targetsOf({ rules }: FilledChain): string[] {
  const names: string[] = [];
  for (const rule of rules) {
    addNamesBehind('-j ', rule, names);
    addNamesBehind('-g ', rule, names);
  }
  return names;
}

// Without a regular expression: there may be 50,000 rules.
function addNamesBehind(option: string, rule: string, names: string[]): void {
  for (let at = rule.indexOf(option); at >= 0; at = rule.indexOf(option, at + 1)) {
    if (at > 0 && rule[at - 1] !== ' ') continue;
    const start = at + option.length;
    const end = rule.indexOf(' ', start);
    names.push(end < 0 ? rule.slice(start) : rule.slice(start, end));
  }
}
