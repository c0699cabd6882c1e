// The table of tools whose command lines a part may hold: the first word of a line chooses its reader. Used by parts.ts.
import type { Declaration } from '../model/declaration';
import { readIptables } from './iptables';
import { closest } from './closest';
import { refuse } from './problem';
import { readSysctl } from './sysctl';

interface Tool {
  /** What of it a part may hold, for messages. */
  readonly accepted: string;
  /** The words behind the tool's name. Throws `InvalidInput`. */
  readonly read: (words: readonly string[]) => readonly Declaration[];
}

const TOOLS: ReadonlyMap<string, Tool> = new Map([
  [
    'iptables',
    {
      accepted: 'iptables [-t TABLE] -N | -A | -I | -P CHAIN …',
      read: (words) => readIptables(words, 'ipv4'),
    },
  ],
  ['sysctl', { accepted: 'sysctl [-w] KEY=VALUE', read: readSysctl }],
]);

/** What a part may hold, for messages. */
export const ACCEPTED = [
  ...[...TOOLS.values()].map(({ accepted }) => accepted),
  'blank lines',
  '# comments',
].join('; ');

/** What one command line declares. Throws `InvalidInput`. */
export function readCommand(words: readonly string[]): readonly Declaration[] {
  const [name = '', ...rest] = words;
  const tool = TOOLS.get(name);
  if (tool === undefined) return refuseTool(name, rest);
  return tool.read(rest);
}

function refuseTool(name: string, rest: readonly string[]): never {
  const allowed = ACCEPTED;
  if (name === 'sudo') {
    refuse('sudo', 'a line declares state and is not run as a command, so nobody becomes root by it', {
      allowed,
      fix: `leave sudo out: write \`${rest[0] ?? 'iptables'} …\`; who applies the parts is set on the host or the provider`,
    });
  }
  if (name.startsWith('/')) {
    const base = name.slice(name.lastIndexOf('/') + 1);
    if (TOOLS.has(base))
      refuse('unknown-tool', `a tool is named without its path, got ${name}`, {
        allowed,
        fix: `write ${base}`,
      });
  }
  const glued = [...TOOLS.keys()].find((tool) => name.startsWith(`${tool}-`));
  const near = glued ?? closest(name, [...TOOLS.keys()]);
  refuse('unknown-tool', `${name} is not a command that a part may hold`, {
    allowed,
    fix:
      glued !== undefined
        ? `write a space: \`${glued} ${name.slice(glued.length)}\``
        : near !== undefined
          ? `if ${near} is meant, write it so`
          : 'leave the line out, or put a # before it',
  });
}
