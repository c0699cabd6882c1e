// What the host's awk program prints of iptables-save, for the host in memory; the contract holds the two to the same answers.

/** `TABLE CHAIN NNNNNN REST` lines in byte order, for the chains, marked rules and policies that `watch` names. */
export function watchedLines(watch: string, save: string): string {
  const watched = new Set(watch.split('\n'));
  const mark = /^mark (.*)$/m.exec(watch)?.[1] ?? '';
  const lines: string[] = [];
  const counts = new Map<string, number>();
  let table = '';
  for (const line of save.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1);
    const [, name = '', policy = ''] = /^:(\S+) (\S+)/.exec(line) ?? [];
    if (watched.has(`own ${table} ${name}`)) lines.push(`${table} ${name} 000000 :`);
    if (watched.has(`policy ${table} ${name}`)) lines.push(`${table} ${name} policy ${policy}`);
    const [, chain, text = ''] = /^-A (\S+) ?(.*)$/.exec(line) ?? [];
    if (chain === undefined) continue;
    if (!watched.has(`own ${table} ${chain}`) && !`${text} `.includes(`--comment "${mark}" `)) continue;
    const at = `${table} ${chain}`;
    counts.set(at, (counts.get(at) ?? 0) + 1);
    lines.push(`${at} ${String(counts.get(at)).padStart(6, '0')} ${text}`.trimEnd());
  }
  return lines
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map((line) => `${line}\n`)
    .join('');
}
