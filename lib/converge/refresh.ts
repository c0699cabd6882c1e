// Writes what a host holds back as parts: the user's wording for every line that is live, drift where it is not.
import type { Parts } from '../model/declaration';
import type { ChainAddress } from '../model/iptables';
import type { Entry } from '../model/entry';
import { printDeclaration, printSavedRuleLine } from '../syntax/print';
import type { ChainAlignment } from './align';
import type { DesiredChain, DesiredState } from './desired';
import { findEntries, unexpectedEntries } from './entries/refresh-entries';
import { LineFindings } from './line-findings';
import type { Live } from './live';
import { readPart } from './meaning';
import { liveOrder, orderedByPart } from './refresh-order';

export const UNEXPECTED_KEY = '~unexpected';
export const BOOT_KEY = '~boot';

/** The parts as they are live. `desired` and `alignments` are those of `baseline`, the parts that were last declared. */
export function refreshParts(
  baseline: Parts,
  { desired, alignments, live }: { desired: DesiredState; alignments: readonly ChainAlignment[]; live: Live },
): Parts {
  const findings = new LineFindings();
  findValues(desired, live, findings);
  findEntries(desired, live, findings);
  for (const alignment of alignments) {
    findChain(alignment, findings);
    orderedByPart(alignment, findings);
  }
  const parts: Record<string, string> = {};
  for (const [name, text] of Object.entries(baseline)) {
    const left = rewritePart(name, text, findings);
    if (left !== undefined) parts[name] = left;
  }
  return {
    ...parts,
    ...unexpectedPart(alignments, unexpectedEntries(desired, live)),
    ...orderParts(alignments),
  };
}

function findValues(desired: DesiredState, live: Live, findings: LineFindings): void {
  for (const [key, { declaration, sources }] of desired.sysctls) {
    const value = live.sysctls.get(key);
    for (const source of sources) {
      findings.add(source, {
        isAsDeclared: value === declaration.value,
        print: () => (value === undefined ? undefined : printDeclaration({ ...declaration, value })),
      });
    }
  }
  for (const [key, { declaration, sources }] of desired.policies) {
    const policy = live.chains.get(key)?.policy === 'DROP' ? 'DROP' : 'ACCEPT';
    for (const source of sources) {
      findings.add(source, {
        isAsDeclared: policy === declaration.policy,
        print: () => printDeclaration({ ...declaration, policy }),
      });
    }
  }
}

function findChain({ address, desired, live, missing }: ChainAlignment, findings: LineFindings): void {
  const isThere = live !== undefined;
  // All that a line with rules declares is in one chain: where nothing of that is missing, its lines stay as they are.
  if (isThere && missing.length === 0) return;
  for (const source of desired?.declared ?? []) {
    findings.add(source, {
      isAsDeclared: isThere,
      print: () => (isThere ? printDeclaration({ ...address, kind: 'chain' }) : undefined),
    });
  }
  const isMissing = new Set(missing);
  for (const rule of desired === undefined ? [] : inOrderOfLines(desired)) {
    const isAsDeclared = !isMissing.has(rule);
    const print = (): string | undefined =>
      isAsDeclared
        ? printDeclaration({ ...address, kind: 'rule', place: rule.place, rule: rule.rule })
        : undefined;
    for (const source of rule.sources) findings.add(source, { isAsDeclared, print });
  }
}

/** Of several `-I` the last line stands above. */
function inOrderOfLines({ rules }: DesiredChain): DesiredChain['rules'] {
  return [
    ...rules.filter(({ place }) => place === 'head').reverse(),
    ...rules.filter(({ place }) => place === 'tail'),
  ];
}

/** Absent where a part declares something and nothing of it is live. */
function rewritePart(name: string, text: string, findings: LineFindings): string | undefined {
  const changes = findings.changesOf(name);
  if (changes === undefined) return text;
  const left = readPart(name, text).lines.flatMap(({ source, declared }) => {
    const line = changes.has(source.line) ? changes.get(source.line) : source.text;
    return line === undefined ? [] : [{ line, declares: declared.length > 0 }];
  });
  if (!left.some(({ declares }) => declares)) return undefined;
  const lines = left.map(({ line }) => line).join('\n');
  return text.endsWith('\n') ? `${lines}\n` : lines;
}

function unexpectedPart(alignments: readonly ChainAlignment[], entries: readonly Entry[]): Parts {
  const lines = alignments.flatMap(({ address, own, desired, live, unexpected }) => [
    ...(own && desired === undefined && live !== undefined
      ? [printDeclaration({ ...address, kind: 'chain' })]
      : []),
    ...unexpected.map((position) => printSavedRuleLine(address, live?.rules[position] ?? '')),
  ]);
  lines.push(...entries.map(({ line }) => line));
  return lines.length === 0 ? {} : { [UNEXPECTED_KEY]: `${lines.join('\n')}\n` };
}

/** A chain of one name may be there for both families. */
function orderKey({ family, table, chain }: ChainAddress): string {
  return family === 'ipv4' ? `~order ${table} ${chain}` : `~order ${family} ${table} ${chain}`;
}

function orderParts(alignments: readonly ChainAlignment[]): Parts {
  const parts: Record<string, string> = {};
  for (const alignment of alignments) {
    const { address, live } = alignment;
    const moved = liveOrder(alignment);
    if (moved.length === 0) continue;
    const lines = moved.map(({ position }) => printSavedRuleLine(address, live?.rules[position] ?? ''));
    parts[orderKey(address)] = `${lines.join('\n')}\n`;
  }
  return parts;
}
