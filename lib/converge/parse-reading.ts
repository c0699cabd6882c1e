// From a reading's text to what the host holds: chains of both families, entries of every subsystem. Used by read-live.ts.
import type { Family, Table } from '../model/iptables';
import { TABLES } from '../model/iptables';
import { parseParts } from '../syntax/parts';
import { declaredOnly } from './declared';
import type { HostTarget } from './engine';
import { Refused } from './errors';
import type { Reading } from './host';
import type { LiveChain, LiveEntry } from './live';
import { toLiveChains, withBuiltInChains } from './live';
import { readPart } from './meaning';
import { onceFor } from './once-for';
import type { Known } from './read-live';
import type { Subsystem } from './subsystem';
import { SUBSYSTEMS } from './subsystems';

/** Of the families that were read, by key. Throws `Refused` (unreadable). */
export function readChainsOf(
  reading: Reading,
  { target, known }: { readonly target: HostTarget; readonly known: Known },
): ReadonlyMap<string, LiveChain> {
  const ipv4 = parsed('iptables-save', target, () => readChains(reading, IPV4, known));
  if (!reading.sections.has('ipv6')) return ipv4;
  return new Map([...ipv4, ...parsed('ip6tables-save', target, () => readChains(reading, IPV6, known))]);
}

/** By key. Throws `Refused` (unreadable). */
export function readEntriesOf(reading: Reading, target: HostTarget): ReadonlyMap<string, LiveEntry> {
  for (const subsystem of subsystemsIn(reading))
    parsed(subsystem.name, target, () => entriesIn(reading, subsystem));
  return allEntriesIn(reading);
}

const allEntriesIn = onceFor((reading: Reading): ReadonlyMap<string, LiveEntry> => {
  return new Map(
    subsystemsIn(reading).flatMap((subsystem) =>
      entriesIn(reading, subsystem).map((entry) => [entry.key, entry] as const),
    ),
  );
});

function subsystemsIn({ sections }: Reading): readonly Subsystem[] {
  return SUBSYSTEMS.filter(({ name }) => sections.has(name));
}

const entriesIn = onceFor(({ sections }: Reading, { name, parse }: Subsystem): readonly LiveEntry[] =>
  parse(sections.get(name) ?? ''),
);

/** Rules that iptables-save hides count only in a table that the scope uses, as far as that is known. */
function readChains(reading: Reading, saved: SavedFamily, known: Known): ReadonlyMap<string, LiveChain> {
  try {
    return chainsIn(reading, saved);
  } catch (error) {
    const { family, save } = saved;
    const used = tablesOf(known, family);
    if (used.length === 0) throw error;
    return withBuiltInChains(toLiveChains(save(reading), family, used), family);
  }
}

const chainsIn = onceFor((reading: Reading, { family, save }: SavedFamily) =>
  withBuiltInChains(toLiveChains(save(reading), family), family),
);

interface SavedFamily {
  readonly family: Family;
  readonly save: (reading: Reading) => string;
}

const IPV4: SavedFamily = { family: 'ipv4', save: ({ ipv4 }) => ipv4 };
const IPV6: SavedFamily = { family: 'ipv6', save: ({ sections }) => sections.get('ipv6') ?? '' };

function tablesOf({ parts, remembered, desired }: Known, family: Family): Table[] {
  const declared = parseParts(declaredOnly(parts), readPart).declared.flatMap(({ declaration }) =>
    'table' in declaration && declaration.family === family ? [declaration.table] : [],
  );
  const keys = [
    ...(desired?.chains.keys() ?? []),
    ...(desired?.policies.keys() ?? []),
    ...(remembered?.owned?.scope.chains ?? []),
    ...Object.keys(remembered?.owned?.scope.policies ?? {}),
  ];
  return TABLES.filter(
    (table) => declared.includes(table) || keys.some((key) => key.startsWith(`${family} ${table} `)),
  );
}

/** What `parse` gives; what it throws becomes a refusal that says what cannot be read. */
export function parsed<T>(what: keyof typeof UNREADABLE_FIX, target: HostTarget, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `${target.name}: ${what} cannot be read: ${why}`;
    throw new Refused('unreadable', message, UNREADABLE_FIX[what], { cause });
  }
}

const OTHER_TOOL =
  'look at what the tool prints on the host; its version may print what this one does not know';

const HIDDEN_RULES_FIX =
  'rules that the tool cannot show must go from the tables that it uses (nft list ruleset shows them); put them into an nft table of their own';

const UNREADABLE_FIX = {
  ip: OTHER_TOOL,
  ipset: OTHER_TOOL,
  ipvs: OTHER_TOOL,
  manifest:
    'look at /var/lib/gatewright/current/manifest.json on the host; if it is damaged, move it away and import the host anew',
  declared: 'look at /var/lib/gatewright/current/declared on the host; if it is damaged, remove that file',
  'iptables-save': HIDDEN_RULES_FIX,
  'ip6tables-save': HIDDEN_RULES_FIX,
} as const;
