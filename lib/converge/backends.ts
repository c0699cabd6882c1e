// The two back-ends of iptables on one host: rules of the scope must stand in the one that is in use, and others' in the other are told.
import type { Family } from '../model/iptables';
import { FAMILIES } from '../model/iptables';
import type { Scope } from '../model/scope';
import { printSavedRuleLine } from '../syntax/print';
import type { HostTarget, Note } from './engine';
import { Refused } from './errors';
import type { Live, LiveChain } from './live';
import { toLiveChains } from './live';
import { isMarked, ownChains } from './ownership';

/** What `iptables` leads to: nf_tables, or the tables that the kernel had before. Packets pass the rules of both. */
export const BACKENDS = ['nft', 'legacy'] as const;
export type Backend = (typeof BACKENDS)[number];

/** The one that is not in use, as far as it holds anything. */
export interface OtherBackend {
  readonly kind: Backend;
  readonly chains: ReadonlyMap<string, LiveChain>;
}

/** The one beside it. */
export function backendInUse({ kind }: Pick<OtherBackend, 'kind'>): Backend {
  return kind === 'nft' ? 'legacy' : 'nft';
}

/** From the saves of the other back-end, by family. Throws `UnreadableSave` where one is cut; rules that it hides are others'. */
export function toOtherBackend(
  inUse: Backend | undefined,
  saves: Partial<Readonly<Record<Family, string>>>,
): OtherBackend | undefined {
  if (inUse === undefined) return undefined;
  const chains = FAMILIES.flatMap((family) => [...toLiveChains(saves[family] ?? '', family, [])]);
  return { kind: backendInUse({ kind: inUse }), chains: new Map(chains) };
}

/** What the scope has there would act beside what it has here, and no plan would show it. */
export function checkBackends({ name, scope }: HostTarget, live: Live): void {
  const { otherBackend } = live;
  if (otherBackend === undefined) return;
  const there = ownLines(scope, live, otherBackend);
  if (there.length === 0) return;
  const inUse = backendInUse(otherBackend);
  const isHere = ownChains(scope, live).length > 0;
  const where = isHere
    ? `holds rules in both back-ends of iptables: iptables is ${inUse} there, and in ${otherBackend.kind} stand`
    : `holds its rules in the other back-end of iptables: iptables is ${inUse} there, and in ${otherBackend.kind} stand`;
  throw new Refused(
    'two-backends',
    [`${name}: scope "${scope.name}" ${where}`, ...there.slice(0, MOST_LINES)].join('\n'),
    isHere
      ? `remove from ${otherBackend.kind} what is of the scope (iptables-${otherBackend.kind}-save shows it), and plan again`
      : `go back to it on the host (update-alternatives --set iptables /usr/sbin/iptables-${otherBackend.kind}, and the same for ` +
          `ip6tables), and plan again. To move to ${inUse}: go back, terraform destroy, switch, terraform apply`,
  );
}

const MOST_LINES = 5;

function ownLines(scope: Scope, live: Live, { kind, chains }: OtherBackend): string[] {
  const known = live.manifest.scopes[scope.name];
  // A chain without the prefix, and a policy, may be anybody's: they are the scope's where it declared them in that back-end.
  const wasThere = known?.backend === kind;
  const prefix = known?.chainPrefix ?? scope.chainPrefix;
  return [...chains].flatMap(([key, { address, policy, rules }]) => {
    const isOwn =
      policy === undefined && (address.chain.startsWith(prefix) || (wasThere && known.chains.includes(key)));
    const holdsPolicy =
      wasThere && policy !== undefined && policy !== 'ACCEPT' && known.policies[key] === policy;
    return [
      ...(isOwn ? [`${commandOf(address.family, kind)} -t ${address.table} -N ${address.chain}`] : []),
      ...(holdsPolicy
        ? [`${commandOf(address.family, kind)} -t ${address.table} -P ${address.chain} ${policy}`]
        : []),
      ...rules
        .filter((text) => !isOwn && isMarked(text, scope))
        .map((text) => savedLine(address, text, kind)),
    ];
  });
}

/** For a plan: what others have in the back-end that is not in use. */
export function backendNotes({ name, scope }: HostTarget, { otherBackend }: Live): Note[] {
  if (otherBackend === undefined) return [];
  const { kind, chains } = otherBackend;
  const lines = [...chains.values()].flatMap(({ address, policy, rules }) => [
    ...(policy === undefined || policy === 'ACCEPT'
      ? []
      : [`${commandOf(address.family, kind)} -t ${address.table} -P ${address.chain} ${policy}`]),
    ...rules.filter((text) => !isMarked(text, scope)).map((text) => savedLine(address, text, kind)),
  ]);
  if (lines.length === 0) return [];
  const more = lines.length - MOST_LINES;
  return [
    {
      summary: `${name}: others have rules in the ${kind} back-end of iptables`,
      detail: [
        `Packets pass them beside all that iptables shows there (${backendInUse(otherBackend)}), and a plan does not look at them:`,
        ...lines.slice(0, MOST_LINES),
        ...(more > 0 ? [`and ${more} more; iptables-${kind}-save shows them`] : []),
      ].join('\n'),
    },
  ];
}

function savedLine(address: LiveChain['address'], text: string, kind: Backend): string {
  return printSavedRuleLine(address, text).replace(/^(ip6?tables)/, `$1-${kind}`);
}

function commandOf(family: Family, kind: Backend): string {
  return `${family === 'ipv4' ? 'iptables' : 'ip6tables'}-${kind}`;
}
