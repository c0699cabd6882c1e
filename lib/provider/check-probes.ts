// Everything that is wrong with a host's `probes`, each at its own attribute: `probes[1].port`. Used by check-host.ts.
import {
  ALLOWED_PROBE,
  HTTP_STATUS,
  PROBE_KINDS,
  PROBE_SIDES,
  PROBE_TIMEOUT_SECONDS,
  type Probe,
  isProbeProgram,
  isProbeUrl,
  isProbeWord,
} from '../model/probe';
import { ADDRESS, PORT, type Rule, badValue, check, wholeNumber } from './checks';
import { type AttributePath, atAttribute, atKey, attributePath } from './protocol/attribute-path';
import type { Diagnostic } from './protocol/diagnostic';
import { type Value, toOptional } from './protocol/value';
import type { Host } from './schema/host';
import type { ProbeBlock } from './schema/probes';

type FieldName = Exclude<keyof ProbeBlock, 'kind' | 'timeout_seconds'>;

const KIND = oneOf(PROBE_KINDS);
const SIDE = oneOf(PROBE_SIDES);
const STATUS = wholeNumber(...HTTP_STATUS);
const TIMEOUT = wholeNumber(...PROBE_TIMEOUT_SECONDS);
const WORD: Rule<string> = { allowed: ALLOWED_PROBE.word, isMet: isProbeWord };
const PROGRAM: Rule<string> = { allowed: ALLOWED_PROBE.program, isMet: isProbeProgram };

/** Which fields a probe of this kind must have, and may have. */
const FIELDS: Readonly<
  Record<Probe['kind'], { readonly required: readonly FieldName[]; readonly optional: readonly FieldName[] }>
> = {
  command: { required: ['command'], optional: [] },
  tcp: { required: ['address', 'port'], optional: ['from'] },
  http: { required: ['url'], optional: ['status', 'from'] },
};

const FIELD_NAMES: readonly FieldName[] = ['command', 'address', 'port', 'url', 'status', 'from'];

/** Unknown values pass: they are checked again when they are known. */
export function checkProbes(probes: Host['probes']): readonly Diagnostic[] {
  return (toOptional(probes) ?? []).flatMap((probe, index) =>
    checkProbe(probe, atKey(attributePath('probes'), index)),
  );
}

function checkProbe(probe: Value<ProbeBlock>, path: AttributePath): readonly Diagnostic[] {
  if (probe.kind === 'null')
    return [badValue(path, 'A probe is a group of attributes and this one is null.')];
  if (probe.kind === 'unknown') return [];
  const given = probe.value;
  const at = (name: keyof ProbeBlock) => atAttribute(path, name);
  const wrong = [
    ...checkKind(given, at('kind')),
    ...check(given.address, ADDRESS, at('address')),
    ...check(given.port, PORT, at('port')),
    ...checkUrl(given.url, at('url')),
    ...check(given.status, STATUS, at('status')),
    ...check(given.from, SIDE, at('from')),
    ...check(given.timeout_seconds, TIMEOUT, at('timeout_seconds')),
    ...checkCommand(given.command, at('command')),
  ];
  const kind = PROBE_KINDS.find((each) => each === toOptional(given.kind));
  return kind === undefined ? wrong : [...wrong, ...checkFields(given, kind, at)];
}

function checkKind({ kind }: ProbeBlock, path: AttributePath): readonly Diagnostic[] {
  if (kind.kind === 'null') return [badValue(path, `A probe needs a kind.\nallowed: ${KIND.allowed}`)];
  return check(kind, KIND, path);
}

function checkFields(
  given: ProbeBlock,
  kind: Probe['kind'],
  at: (name: keyof ProbeBlock) => AttributePath,
): readonly Diagnostic[] {
  const { required, optional } = FIELDS[kind];
  return FIELD_NAMES.flatMap((name) => {
    const isGiven = given[name].kind !== 'null';
    if (required.includes(name)) {
      return isGiven ? [] : [badValue(at(name), `A probe of kind ${kind} needs ${required.join(' and ')}.`)];
    }
    if (!isGiven || optional.includes(name)) return [];
    const allowed = ['kind', ...required, ...optional, 'timeout_seconds'].join(', ');
    return [badValue(at(name), `A probe of kind ${kind} has no ${name}.\nallowed: ${allowed}`)];
  });
}

// The URL is not shown: what makes it a bad one may be a password.
function checkUrl(url: Value<string>, path: AttributePath): readonly Diagnostic[] {
  const text = toOptional(url);
  return text === undefined || isProbeUrl(text) ? [] : [badValue(path, `allowed: ${ALLOWED_PROBE.url}`)];
}

function checkCommand(command: ProbeBlock['command'], path: AttributePath): readonly Diagnostic[] {
  const words = toOptional(command);
  if (words === undefined) return [];
  if (words.length === 0)
    return [badValue(path, 'A command needs a program.\nallowed: a program and its words')];
  return words.flatMap((word, index) => {
    if (word.kind === 'null') return [badValue(atKey(path, index), 'A word is text and this one is null.')];
    return check(word, index === 0 ? PROGRAM : WORD, atKey(path, index));
  });
}

function oneOf(words: readonly string[]): Rule<string> {
  return { allowed: words.map((word) => `\`${word}\``).join(', '), isMet: (text) => words.includes(text) };
}
