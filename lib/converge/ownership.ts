// Which of a host's chains and rules belong to a scope: by name, by manifest, or by the mark that a rule carries.
import type { ChainAddress } from '../model/iptables';
import { chainKey, isBuiltInChain } from '../model/iptables';
import type { Scope } from '../model/scope';
import { markComment } from '../model/scope';
import { splitSavedWords } from '../syntax/save-words';
import type { Live, LiveChain } from './live';

/** Ours whole: user-defined, with the scope's prefix, or made by a `-N` that the manifest remembers. */
export function isOwnChain(address: ChainAddress, scope: Scope, live: Pick<Live, 'manifest'>): boolean {
  if (isBuiltInChain(address)) return false;
  return (
    address.chain.startsWith(scope.chainPrefix) || ownedByManifest(scope, live).includes(chainKey(address))
  );
}

/** The rules that were found in a chain that existed before the scope declared it; absent for any other chain. */
export function adoptedRules(
  address: ChainAddress,
  scope: string,
  live: Live,
): readonly string[] | undefined {
  return live.manifest.scopes[scope]?.adopted[chainKey(address)];
}

/** Positions of the scope's rules in a built-in or foreign chain. */
export function markedPositions(chain: LiveChain, scope: Scope): number[] {
  return chain.rules.flatMap((text, position) => (isMarked(text, scope) ? [position] : []));
}

/** True if the rule's last comment is the scope's mark. */
export function isMarked(text: string, scope: Scope): boolean {
  if (!text.includes(markComment(scope))) return false;
  const words = splitSavedWords(text);
  const last = words.lastIndexOf('--comment');
  return last >= 0 && words[last + 1] === markComment(scope);
}

/** The scope's chains that the host has, whole, and the foreign ones with marked rules, in the order of the host. */
export function ownChains(
  scope: Scope,
  live: Pick<Live, 'chains' | 'manifest'>,
): { readonly chain: LiveChain; readonly own: boolean }[] {
  return [...live.chains.values()]
    .map((chain) => ({ chain, own: isOwnChain(chain.address, scope, live) }))
    .filter(({ chain, own }) => own || markedPositions(chain, scope).length > 0);
}

/** The user-defined chains that a saved rule names behind `-j` or `-g`, whatever else the rule says. */
export function usedChains(text: string): string[] {
  if (!/(^| )-[jg] /.test(text)) return [];
  const words = splitSavedWords(text);
  return words.flatMap((word, index) => (index > 0 && /^-[jg]$/.test(words[index - 1] ?? '') ? [word] : []));
}

function ownedByManifest(scope: Scope, live: Pick<Live, 'manifest'>): readonly string[] {
  return live.manifest.scopes[scope.name]?.chains ?? [];
}
