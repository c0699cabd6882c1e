// Writes what a host holds back as parts: the user's wording for every line that is live, drift where it is not.
import type { Parts, Source } from '../model/declaration';
import type { ChainAddress } from '../model/iptables';
import type { PartLines } from '../syntax/parts';
import { parsePart } from '../syntax/parts';
import { printDeclaration } from '../syntax/print';
import type { ChainAlignment } from './align';
import type { DesiredState } from './desired';
import type { Live } from './live';
import { liveByPart, orderedByPart } from './refresh-order';

export const UNEXPECTED_KEY = '~unexpected';

/** What replaces a line of a part: `undefined` drops it. */
export type LineText = string | undefined;

/** By part name, then by the line's number. Lines not named stay as they are. */
export type LineChanges = ReadonlyMap<string, ReadonlyMap<number, LineText>>;

/** The parts as they are live. `desired` and `alignments` are those of `baseline`, the parts that were last declared. */
export function refreshParts(
  baseline: Parts,
  { desired, alignments, live }: { desired: DesiredState; alignments: readonly ChainAlignment[]; live: Live },
): Parts {
  const changes = new Map<string, Map<number, LineText>>();
  const change = ({ part, line }: Source, text: LineText): void => {
    const lines = changes.get(part) ?? new Map<number, LineText>();
    changes.set(part, lines.set(line, text));
  };
  changeValues(desired, live, change);
  for (const alignment of alignments) {
    if (alignment.live === undefined)
      for (const source of alignment.desired?.declared ?? []) change(source, undefined);
    for (const rule of alignment.missing) for (const source of rule.sources) change(source, undefined);
  }
  keepPartlyLive(alignments, change);
  for (const alignment of alignments) orderedByPart(alignment, change);
  const parts: Record<string, string> = {};
  for (const [name, text] of Object.entries(baseline)) {
    const left = rewritePart(parsePart(name, text), changes.get(name));
    if (left !== undefined) parts[name] = left;
  }
  return { ...parts, ...unexpectedPart(alignments), ...orderParts(alignments) };
}

function changeValues(
  desired: DesiredState,
  live: Live,
  change: (source: Source, text: LineText) => void,
): void {
  for (const [key, { declaration, source }] of desired.sysctls) {
    const value = live.sysctls.get(key);
    if (value === declaration.value) continue;
    change(source, value === undefined ? undefined : printDeclaration({ ...declaration, value }));
  }
  for (const [key, { declaration, source }] of desired.policies) {
    const policy = live.chains.get(key)?.policy;
    if (policy !== undefined && policy !== declaration.policy) {
      change(source, printDeclaration({ ...declaration, policy: policy === 'DROP' ? 'DROP' : 'ACCEPT' }));
    }
  }
}

/** A line that stands for several rules (`-s a,b`) of which only some are live becomes the lines of those. */
function keepPartlyLive(
  alignments: readonly ChainAlignment[],
  change: (source: Source, text: LineText) => void,
): void {
  const live = new Map<string, { source: Source; texts: string[] }>();
  const isMissing = new Set(
    alignments.flatMap(({ missing }) =>
      missing.flatMap(({ sources }) => sources.map((source) => placeOf(source))),
    ),
  );
  for (const { address, pairs } of alignments) {
    for (const { desired } of [...pairs].sort((a, b) => a.rank - b.rank)) {
      for (const source of desired.sources) {
        if (!isMissing.has(placeOf(source))) continue;
        const kept = live.get(placeOf(source)) ?? { source, texts: [] };
        live.set(placeOf(source), kept);
        kept.texts.push(
          printDeclaration({ ...address, kind: 'rule', place: desired.place, rule: desired.rule }),
        );
      }
    }
  }
  for (const { source, texts } of live.values()) change(source, texts.join('\n'));
}

function placeOf({ part, line }: Source): string {
  return `${line} ${part}`;
}

/** Absent where a part declares something and nothing of it is live. */
function rewritePart(
  part: PartLines,
  changes: ReadonlyMap<number, LineText> | undefined,
): string | undefined {
  if (changes === undefined) return part.text;
  const left = part.lines.flatMap(({ source, declared }) => {
    const text = changes.has(source.line) ? changes.get(source.line) : source.text;
    return text === undefined ? [] : [{ text, declares: declared.length > 0 }];
  });
  if (!left.some(({ declares }) => declares)) return undefined;
  const text = left.map((line) => line.text).join('\n');
  return part.text.endsWith('\n') ? `${text}\n` : text;
}

function unexpectedPart(alignments: readonly ChainAlignment[]): Parts {
  const lines = alignments.flatMap(({ address, own, desired, live, unexpected }) => [
    ...(own && desired === undefined && live !== undefined
      ? [printDeclaration({ ...address, kind: 'chain' })]
      : []),
    ...unexpected.map((position) => liveLine(address, live?.rules[position] ?? '')),
  ]);
  return lines.length === 0 ? {} : { [UNEXPECTED_KEY]: `${lines.join('\n')}\n` };
}

function orderParts(alignments: readonly ChainAlignment[]): Parts {
  const parts: Record<string, string> = {};
  for (const alignment of alignments) {
    const { address, live } = alignment;
    const moved = liveByPart(alignment);
    if (moved === undefined) continue;
    const lines = moved.map(({ position }) => liveLine(address, live?.rules[position] ?? ''));
    parts[`~order ${address.table} ${address.chain}`] = `${lines.join('\n')}\n`;
  }
  return parts;
}

/** A live rule as a command line, as the host's tools word it. */
export function liveLine({ family, table, chain }: ChainAddress, text: string): string {
  const tool = family === 'ipv4' ? 'iptables' : 'ip6tables';
  return `${tool} -t ${table} -A ${chain} ${text}`.trimEnd();
}
