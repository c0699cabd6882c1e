// What parts of services leave out that kube-proxy writes, where the names are not its own; used by the files that lay services out.
import type { Declaration } from '../model/declaration';
import type { ChainAddress } from '../model/iptables';
import { declareChain } from './declare';

/**
 * `-N` of a chain that has a rule: with the scope's prefix that rule makes it ours, and text is what a large plan costs
 * (docs/lab-notes/0420-shapes-of-parts.md).
 */
export function declareFilledChain(
  chain: ChainAddress,
  { areKubeProxys }: { readonly areKubeProxys: boolean },
): readonly Declaration[] {
  return areKubeProxys ? [declareChain(chain)] : [];
}
