// What of a host must be as before after everything was destroyed: rules, chains, policies, forwarding. Used by the demo and tests.
import type { Lab } from '../../lab/lab';

/** Text that can be compared. A table without rules, user chains and changed policies equals an absent one: reading it may make it. */
export async function snapshotHost(lab: Lab, name: string): Promise<string> {
  const { stdout, exitCode, stderr } = await lab.exec(name, [
    'sh',
    '-c',
    'iptables-save && cat /proc/sys/net/ipv4/ip_forward',
  ]);
  if (exitCode !== 0) throw new Error(`${name}: its state could not be read: ${stderr}`);
  return dropUnusedTables(
    stdout
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .map((line) => line.replace(/\[\d+:\d+\]$/, '').trimEnd()),
  ).join('\n');
}

function dropUnusedTables(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let table: string[] | undefined;
  for (const line of lines) {
    if (line.startsWith('*')) table = [];
    (table ?? kept).push(line);
    if (line !== 'COMMIT' || table === undefined) continue;
    const isUsed = table.some(
      (each) => each.startsWith('-A') || (each.startsWith(':') && !each.endsWith(' ACCEPT')),
    );
    if (isUsed) kept.push(...table);
    table = undefined;
  }
  return kept;
}
