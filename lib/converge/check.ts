// What a plan must not do to a host: found before anything is touched, as problems with part and line or as a refusal.
import type { Source } from '../model/declaration';
import { printSource } from '../model/declaration';
import type { Problem } from '../model/errors';
import type { ChainAddress } from '../model/iptables';
import { chainKey, tableName } from '../model/iptables';
import type { Scope } from '../model/scope';
import { closest } from '../syntax/closest';
import { printSavedRuleLine } from '../syntax/print';
import { TARGETS, VERDICTS } from '../syntax/vocabulary/targets';
import type { ChainAlignment } from './align';
import { isAligned } from './align';
import type { DesiredChain, DesiredRule, DesiredState } from './desired';
import { targetChain } from './desired';
import type { HostTarget } from './engine';
import { Refused } from './errors';
import type { Live } from './live';
import { adoptedRules, isMarked, isOwnChain, usedChains } from './ownership';

/** Problems of what is declared, seen against this host. With `incomplete`, parts that are not known yet may make chains. */
export function hostProblems(
  { desired, live, incomplete }: { desired: DesiredState; live: Live; incomplete: boolean },
  alignments: readonly ChainAlignment[],
): Problem[] {
  const chains = incomplete ? [] : [...desired.chains.values()];
  return [
    ...chains.flatMap((chain) => chainProblems(chain, { desired, live })),
    ...alignments.flatMap((alignment) => foreignChainTaken(alignment, desired.scope, live)),
    ...sysctlProblems(desired, live),
    ...heldByOthers(desired, live),
  ];
}

function chainProblems(
  { address, own, rules }: DesiredChain,
  { desired, live }: { desired: DesiredState; live: Live },
): Problem[] {
  const { chain } = address;
  const [first] = rules;
  if (!own && first !== undefined && !isForeignChain(address, desired.scope, live)) {
    const what = live.chains.has(chainKey(address))
      ? `chain ${chain} of ${tableName(address)} is there only because of a -N line that is now left out`
      : `the host has no chain ${chain} in ${tableName(address)}`;
    return [unknownChain(first, what, closest(chain, chainsBeside(address, live)))];
  }
  return rules.flatMap((rule) => {
    const target = targetChain(rule.rule);
    if (target === undefined || target.startsWith(desired.scope.chainPrefix)) return [];
    const to = { ...address, chain: target };
    if (desired.chains.get(chainKey(to))?.own === true || isForeignChain(to, desired.scope, live)) return [];
    return [
      unknownChain(
        rule,
        `the rule jumps to chain ${target}, which the host's ${tableName(address)} does not have, or only because of a -N line that is now left out`,
        closest(target, [...TARGET_WORDS, ...chainsBeside(address, live)]),
      ),
    ];
  });
}

/** On the host, and not made by the scope. */
function isForeignChain(address: ChainAddress, scope: Scope, live: Live): boolean {
  return live.chains.has(chainKey(address)) && !isOwnChain(address, scope, live);
}

function chainsBeside({ family, table }: ChainAddress, live: Live): string[] {
  return [...live.chains.values()]
    .filter(({ address }) => address.table === table && address.family === family)
    .map(({ address }) => address.chain);
}

/** What a jump is often meant to be. */
const TARGET_WORDS = [...VERDICTS, ...TARGETS.keys()];

function unknownChain({ sources: [source] }: DesiredRule, what: string, meant: string | undefined): Problem {
  return {
    code: 'unknown-chain',
    what,
    at: printSource(source),
    given: source.text.trim(),
    part: source.part,
    fix:
      meant === undefined
        ? 'check the name; a chain that shall be ours needs a -N line'
        : `if ${meant} is meant, write it so; a chain that shall be ours needs a -N line`,
  };
}

/** A `-N` of a chain that was there before us is taken over only when it is empty or equal rule for rule. */
function foreignChainTaken(alignment: ChainAlignment, scope: Scope, live: Live): Problem[] {
  const { address, desired, live: chain } = alignment;
  const source = desired?.declared[0];
  if (source === undefined || chain === undefined || isOwnChain(address, scope, live)) return [];
  if (chain.rules.length === 0 || isAligned(alignment)) return [];
  return [
    {
      code: 'foreign-chain',
      what: `chain ${address.chain} exists in ${tableName(address)} and holds rules that are not declared`,
      at: printSource(source),
      given: chain.rules
        .slice(0, 3)
        .map((text) => printSavedRuleLine(address, text))
        .join('\n'),
      allowed:
        'a chain that exists is taken over only when it is empty or equal rule for rule, also where adopt names it',
      fix: 'choose another name, or leave the -N line out: the chain then stays foreign, and our rules stand among the others',
      part: source.part,
    },
  ];
}

function sysctlProblems(desired: DesiredState, live: Live): Problem[] {
  return [...desired.sysctls.values()].flatMap(({ declaration, sources: [source] }) =>
    live.sysctls.get(declaration.key) !== undefined
      ? []
      : [
          {
            code: 'unknown-sysctl',
            what: `the host's kernel has no sysctl ${declaration.key}`,
            at: printSource(source),
            given: source.text.trim(),
            fix: isOfNewLink(declaration.key, desired)
              ? 'a link that this apply makes begins with what net.ipv4.conf.default or net.ipv6.conf.default says; or declare it in a later apply'
              : 'check the name, or load the module that brings it',
            part: source.part,
          },
        ],
  );
}

/** `net.ipv4.conf.DEVICE.…` is there only when the device is. */
function isOfNewLink(key: string, { entries }: DesiredState): boolean {
  const [, device] = /^net\.ipv[46]\.(?:conf|neigh)\.([^.]+)\./.exec(key) ?? [];
  return device !== undefined && entries.has(`link ${device}`);
}

function heldByOthers(desired: DesiredState, live: Live): Problem[] {
  const wanted = wantedValues(desired);
  return Object.entries(live.manifest.scopes)
    .filter(([name]) => name !== desired.scope.name)
    .flatMap(([name, { sysctls, policies }]) =>
      wanted.flatMap(({ key, value, source }) => {
        const theirs = sysctls[key] ?? policies[key];
        return theirs === undefined || theirs === value ? [] : [heldBy(name, { key, value, source }, theirs)];
      }),
    );
}

interface WantedValue {
  /** Of a sysctl, or of the chain that has a policy: no key is both. */
  readonly key: string;
  readonly value: string;
  readonly source: Source;
}

function wantedValues({ sysctls, policies }: DesiredState): WantedValue[] {
  return [
    ...[...sysctls].map(
      ([
        key,
        {
          declaration,
          sources: [source],
        },
      ]) => ({
        key,
        value: declaration.value,
        source,
      }),
    ),
    ...[...policies].map(
      ([
        key,
        {
          declaration,
          sources: [source],
        },
      ]) => ({
        key,
        value: declaration.policy,
        source,
      }),
    ),
  ];
}

function heldBy(scope: string, { key, value, source }: WantedValue, theirs: string): Problem {
  return {
    code: 'found-value-held',
    what: `scope "${scope}" declares another value for ${key} on this host`,
    at: printSource(source),
    given: `${value}, but ${theirs} in scope "${scope}"`,
    allowed: 'one value for one key on one host',
    fix: 'agree on one value, or declare it in one scope only',
    part: source.part,
  };
}

/** A chain of ours that a foreign rule uses cannot be removed: the rule is named. */
export function checkRemovals(target: HostTarget, live: Live, alignments: readonly ChainAlignment[]): void {
  const { scope } = target;
  const going = new Set(
    alignments
      .filter(({ own, desired, live: chain }) => own && desired === undefined && chain !== undefined)
      .filter(({ address }) => adoptedRules(address, scope.name, live) === undefined)
      .map(({ address }) => chainKey(address)),
  );
  for (const { address, rules } of going.size === 0 ? [] : live.chains.values()) {
    if (isOwnChain(address, scope, live)) continue;
    for (const text of rules) {
      const used = usedChains(text).find((chain) => going.has(chainKey({ ...address, chain })));
      if (used === undefined || isMarked(text, scope)) continue;
      throw new Refused(
        'in-use',
        `${target.name}: chain ${used} cannot be removed, a rule of others uses it:\n${printSavedRuleLine(address, text)}`,
        'remove that rule first, or leave the chain declared',
      );
    }
  }
}
