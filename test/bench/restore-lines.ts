// What iptables-restore has to be told to get from one saved state to another: whole, or only the chains that differ.

/** A saved state as one wants it to be restored: without the counters of a moment. */
export function wholeState(saved: string): string {
  return linesOf(saved)
    .map((line) => `${line.replace(/ \[\d+:\d+\]$/, ' [0:0]')}\n`)
    .join('');
}

/** For `iptables-restore --noflush`: each chain of table nat that is new or differs, whole, and the end of those that are gone. */
export function changedChains(before: string, after: string): string {
  const old = chainsOf(before);
  const now = chainsOf(after);
  const changed = [...now].filter(([chain, rules]) => rules.join('\n') !== old.get(chain)?.join('\n'));
  const gone = [...old.keys()].filter((chain) => !now.has(chain));
  return [
    '*nat',
    ...[...changed.map(([chain]) => chain), ...gone].map((chain) => `:${chain} - [0:0]`),
    ...changed.flatMap(([, rules]) => rules),
    ...gone.map((chain) => `-X ${chain}`),
    'COMMIT',
    '',
  ].join('\n');
}

/** The rules of the user-defined chains of table nat. */
export function chainsOf(saved: string): Map<string, string[]> {
  const lines = linesOf(saved);
  const start = lines.indexOf('*nat');
  const nat = lines.slice(start + 1, lines.indexOf('COMMIT', start));
  const chains = new Map<string, string[]>();
  for (const line of nat) {
    const [, declared] = /^:(\S+) - /.exec(line) ?? [];
    if (declared !== undefined) chains.set(declared, []);
    const [, chain] = /^-A (\S+) /.exec(line) ?? [];
    if (chain !== undefined) chains.get(chain)?.push(line);
  }
  return chains;
}

function linesOf(saved: string): string[] {
  return saved.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
