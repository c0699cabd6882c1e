// The text of `.terraform.lock.hcl`: our entry anew, others' entries byte for byte. Used by provider.ts.

/** One entry of the lock file. */
export interface LockedProvider {
  /** With the registry's host name: `registry.terraform.io/hashicorp/null`. */
  readonly address: string;
  /** An exact version. */
  readonly version: string;
  /** What the configuration asks for. @default - exactly the version */
  readonly constraints?: string;
  /** Of the package, `h1:…`. @default - none: Terraform takes any package and warns at each `init` */
  readonly hash?: string;
}

const HEADER = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.
`;

/**
 * The lock file with `ours` as given (a hash recorded for an earlier build of the same version would be refused), and
 * with an entry for each of `others` that has none yet.
 */
export function lockProviders(text: string, ours: LockedProvider, others: readonly LockedProvider[]): string {
  const replaced = replaceEntry(text === '' ? HEADER : text, ours);
  return others.reduce(
    (locked, other) => (findEntry(locked, other.address) === undefined ? append(locked, other) : locked),
    replaced,
  );
}

function replaceEntry(text: string, provider: LockedProvider): string {
  const entry = findEntry(text, provider.address);
  if (entry === undefined) return append(text, provider);
  return text.slice(0, entry.start) + printEntry(provider) + text.slice(entry.end);
}

function append(text: string, provider: LockedProvider): string {
  const lines = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${lines}\n${printEntry(provider)}`;
}

function printEntry({ address, version, constraints = version, hash }: LockedProvider): string {
  return [
    `provider "${address}" {`,
    `  version     = "${version}"`,
    `  constraints = "${constraints}"`,
    ...(hash === undefined ? [] : ['  hashes = [', `    "${hash}",`, '  ]']),
    '}',
    '',
  ].join('\n');
}

// Neither versions nor hashes hold a brace, so an entry ends at the first one that closes.
const ENTRY = /^[ \t]*provider[ \t]+"(?<address>[^"]*)"[ \t]*\{[^}]*\}[ \t]*(?:\r?\n|$)/gm;

function findEntry(text: string, address: string): { start: number; end: number } | undefined {
  for (const match of text.matchAll(ENTRY)) {
    if (match.groups?.['address'] === address)
      return { start: match.index, end: match.index + match[0].length };
  }
  return undefined;
}
