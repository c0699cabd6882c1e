// Why a word or an option has no place in a rule, and what was probably meant. Used by the reader of rules.
import type { Family } from '../model/iptables';
import { IPTABLES } from '../model/iptables';
import { closest } from './closest';
import { GENERAL_OPTIONS } from './general-matches';
import { refuse } from './problem';
import type { OptionShape, Place } from './vocabulary/entry';
import { MATCHES, OTHER_MODULES } from './vocabulary/matches';

/** A word that is no option and that no option takes. */
export function refuseStray(word: string | undefined): never {
  if (word === undefined)
    refuse('stray-word', 'the line ends with !', { fix: 'write the option that it negates behind it' });
  refuse('stray-word', `${word} is no option and no value of one`, {
    allowed: 'options and their values; ! stands before an option, with a space on both sides',
    fix: word.startsWith('!')
      ? 'write ! and a space before the option, as in `! -d 192.0.2.0/24`'
      : 'leave the word out',
  });
}

/** A module that looks like a slip of a known one. Others may be known to the host's tools. */
export function refuseNearModule(name: string): void {
  if (MATCHES.has(name) || OTHER_MODULES.has(name)) return;
  const near = closest(name, [...MATCHES.keys()]);
  if (near !== undefined)
    refuse('unknown-match', `${name} is no match of iptables`, { fix: `if ${near} is meant, write it so` });
}

/** An extension that only the other family's tool has; most have a twin there. */
export function refuseOtherFamily(use: string, entry: Place | undefined, family: Family): void {
  if (entry?.family === undefined || entry.family === family) return;
  const twin = TWINS.get(use);
  refuse(
    'wrong-family',
    `${use} is only of ${IPTABLES[entry.family]}, and the line is of ${IPTABLES[family]}`,
    {
      fix: twin === undefined ? `write the line with ${IPTABLES[entry.family]}` : `write ${twin}`,
    },
  );
}

const TWINS: ReadonlyMap<string, string> = new Map([
  ['-m icmp', '-p ipv6-icmp -m icmp6 --icmpv6-type …'],
  ['-m icmp6', '-p icmp -m icmp --icmp-type …'],
  ['-m ttl', '-m hl --hl-eq, --hl-lt or --hl-gt …'],
  ['-m hl', '-m ttl --ttl-eq, --ttl-lt or --ttl-gt …'],
  ['-j TTL', '-j HL --hl-set, --hl-dec or --hl-inc …'],
  ['-j HL', '-j TTL --ttl-set, --ttl-dec or --ttl-inc …'],
]);

/** The tools take the beginning of an option's name for the option, and `--dport` behind `-m multiport` for `--dports`. */
export function refuseAbbreviation(
  option: string,
  extensions: readonly { readonly shapes: readonly OptionShape[] }[],
): void {
  const names = extensions.flatMap(({ shapes }) => namesOf(shapes));
  const full = names.find((name) => name.startsWith(option));
  if (full === undefined) return;
  refuse('unknown-option', `${option} is no option here`, {
    allowed: [...new Set(names)].join(', '),
    fix: `write ${full} in full`,
  });
}

function namesOf(shapes: readonly OptionShape[]): string[] {
  return shapes.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
}

/** An option that looks like a slip or a missing space. Others may be known to the host's tools. */
export function refuseNearOption(option: string, shapes: readonly OptionShape[]): void {
  const names = [...namesOf(shapes), ...GENERAL_OPTIONS];
  const glued = names.find((name) => option.startsWith(name) && !/^[a-z-]/i.test(option.slice(name.length)));
  const near = glued ?? names.find((name) => name.startsWith(option)) ?? closest(option, names);
  if (near === undefined) return;
  refuse('unknown-option', `${option} is no option here`, {
    allowed: [...new Set(names)].join(', '),
    fix: glued !== undefined ? `write a space behind ${glued}` : `if ${near} is meant, write it so, in full`,
  });
}

/** An option that nothing before it can have. */
export function refuseUnknownOption(option: string, protocol: string | undefined): never {
  if (/^--(source-port|destination-port|sport|dport|syn|tcp-)/.test(option)) {
    const given = protocol === undefined ? '' : `, got -p ${protocol}`;
    refuse('protocol-missing', `${option} stands behind no -p of a protocol that has it${given}`, {
      allowed: '-p tcp, udp, sctp or dccp before it, not negated',
      fix: `write -p tcp before ${option}`,
    });
  }
  refuse('unknown-option', `${option} is no option of iptables, and no -m or -j before it has it`, {
    fix: 'write the -m that it belongs to before it, or leave it out',
  });
}
