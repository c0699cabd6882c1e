// Who owns an object on a host: the scope, its chain prefix, and the mark that its rules in foreign chains carry.

/** A scope with the prefix of its chains; several scopes (stacks, teams) live side by side on one host. */
export interface Scope {
  readonly name: string;
  readonly chainPrefix: string;
}

/** The owner where nobody names one. */
export const DEFAULT_SCOPE: Scope = { name: 'default', chainPrefix: 'GW-' };

/** kube-proxy's own, and the kubelet's: with it names, rules, order and comments are kube-proxy's, word for word. */
export const KUBE_PROXY_PREFIX = 'KUBE-';

/** Scope names are file names on the host and part of a comment: letters, digits, `.`, `_`, `-`, at most 63. */
export const SCOPE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** At most 8 characters, so that `PREFIX` + `SVC-` + a hash of 16 stays within the kernel's 28. */
export const CHAIN_PREFIX = /^[A-Za-z][A-Za-z0-9_-]{0,6}-$/;

/** The comment that stands behind the user's own matches of a rule of ours in a built-in or foreign chain. */
export function markComment(scope: Scope): string {
  return `gatewright:${scope.name}`;
}
