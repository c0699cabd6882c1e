// The table of tools whose command lines a part may hold: the first word of a line chooses its reader. Used by parts.ts.
import type { Declaration } from '../model/declaration';
import { readIptables } from './iptables';
import { closest } from './closest';
import { readIp } from './ip/ip';
import { readIpset } from './ipset/ipset';
import { readIpvsadm } from './ipvs/ipvsadm';
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
  [
    'ip6tables',
    {
      accepted: 'ip6tables [-t TABLE] -N | -A | -I | -P CHAIN …',
      read: (words) => readIptables(words, 'ipv6'),
    },
  ],
  ['ipset', { accepted: 'ipset create | add', read: readIpset }],
  ['ipvsadm', { accepted: 'ipvsadm -A | -a', read: readIpvsadm }],
  ['ip', { accepted: 'ip link add | set up; ip [-6] addr | route | rule add', read: readIp }],
  ['sysctl', { accepted: 'sysctl [-w] KEY=VALUE', read: readSysctl }],
]);

/** What a part may hold, for messages. */
const ACCEPTED = [...[...TOOLS.values()].map(({ accepted }) => accepted), 'blank lines', '# comments'].join(
  '; ',
);

/** What one command line declares. Throws `InvalidInput`. */
export function readCommand(words: readonly string[]): readonly Declaration[] {
  const [name = '', ...rest] = words;
  const tool = TOOLS.get(name);
  if (tool === undefined) return refuseTool(name, rest);
  return tool.read(rest);
}

function refuseTool(name: string, rest: readonly string[]): never {
  const allowed = ACCEPTED;
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (name === 'sudo') {
    refuse('sudo', 'a line declares state and is not run as a command, so nobody becomes root by it', {
      allowed,
      fix: `leave sudo out and write \`${rest[0] ?? 'iptables'} …\`: who applies the parts is set on the host or the provider`,
    });
  }
  refuse('unknown-tool', `${name === '' ? 'nothing' : name} is not a command that a part may hold`, {
    allowed,
    fix: meantTool(name, base) ?? 'leave the line out, or put a # before it',
  });
}

/** Other names of iptables: of one back-end, and of what reads or prints whole tables. */
const BACK_END = /^(ip6?tables)-(legacy|nft)$/;
const WHOLE_TABLES = /^(ip6?tables)-(save|restore|apply)$/;

function meantTool(name: string, base: string): string | undefined {
  if (/^-[NAIP]/.test(name)) return `write \`iptables -t TABLE ${name} …\``;
  const [, ofBackEnd] = BACK_END.exec(base) ?? [];
  if (ofBackEnd !== undefined) return `write ${ofBackEnd}: which back-end it is, the host decides`;
  const [, ofWhole] = WHOLE_TABLES.exec(base) ?? [];
  if (ofWhole !== undefined) return `write each rule as a line \`${ofWhole} -t TABLE -A …\``;
  if (base !== name && TOOLS.has(base)) return `write ${base}, without its path`;
  const glued = [...TOOLS.keys()].find((tool) => name.startsWith(`${tool}-`));
  if (glued !== undefined) return `write a space: \`${glued} ${name.slice(glued.length)}\``;
  const near = closest(name, [...TOOLS.keys()]);
  return near === undefined ? undefined : `if ${near} is meant, write it so`;
}
