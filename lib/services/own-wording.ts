// What parts of services leave out that kube-proxy writes, where the names are not its own; used by the files that lay services out.
import type { ChainDeclaration, Declaration } from '../model/declaration';
import { chainKey } from '../model/iptables';

/** With it names, rules, order and comments are kube-proxy's own, word for word. */
export const KUBE_PROXY_PREFIX = 'KUBE-';

/** A chain with the scope's prefix needs no `-N` where a rule fills it: text is what a large plan costs (docs/lab-notes/0420-shapes-of-parts.md). */
export function withoutNeedlessChains(
  declarations: readonly Declaration[],
  chainPrefix: string,
): readonly Declaration[] {
  if (chainPrefix === KUBE_PROXY_PREFIX) return declarations;
  const filled = new Set(declarations.flatMap((each) => (each.kind === 'rule' ? [chainKey(each)] : [])));
  const isNeedless = (chain: ChainDeclaration): boolean =>
    chain.chain.startsWith(chainPrefix) && filled.has(chainKey(chain));
  return declarations.filter((each) => each.kind !== 'chain' || !isNeedless(each));
}
