// Between Terraform's messages and hosts. Within one command Terraform hands over the same megabytes again and again. Used by the RPCs.
import { createHash } from 'node:crypto';
import { decodeDynamicValue, decodeJson, encodeDynamicValue } from './protocol/dynamic-value';
import { NULL, type Value, known } from './protocol/value';
import { type Host, host } from './schema/host';

/** What one host takes: its configuration, its state, what is planned, and what it was. */
const MOST_KEPT = 4;

interface Decoded {
  readonly digest: string;
  readonly value: Value<Host>;
}

let kept: readonly Decoded[] = [];

/**
 * Pure: for equal messages the answer is the same, so the last few are kept; and of two hosts with equal parts the second has the
 * first one's very own, so that whoever asks again what they mean need not compare them. Throws `Rejected` for a value of another type.
 */
export function decodeHost(message: Uint8Array): Value<Host> {
  const digest = digestOf(message);
  const before = kept.find((each) => each.digest === digest);
  const found = before ?? { digest, value: withKnownParts(host.decode(decodeDynamicValue(message), [])) };
  keep(found);
  return found.value;
}

/** The inverse, of a whole host. Terraform hands it back, mostly to the byte. */
export function encodeHost(value: Host): Uint8Array {
  const message = encodeDynamicValue(host.encode(known(value)));
  keep({ digest: digestOf(message), value: known(value) });
  return message;
}

/** All of a host but its parts, as a text: equal for equal hosts. */
export function printRest(value: Host): string {
  return JSON.stringify(host.encode(known({ ...value, parts: NULL })));
}

/** A host as its state was stored. */
export function decodeStoredHost(json: string): Value<Host> {
  return withKnownParts(host.decode(decodeJson(json), []));
}

function keep(found: Decoded): void {
  kept = [found, ...kept.filter(({ digest }) => digest !== found.digest)].slice(0, MOST_KEPT);
}

function digestOf(message: Uint8Array): string {
  return createHash('sha256').update(message).digest('hex');
}

function withKnownParts(value: Value<Host>): Value<Host> {
  if (value.kind !== 'known') return value;
  let { parts } = value.value;
  for (const { value: other } of kept) {
    if (other.kind !== 'known') continue;
    parts = withTextsOf(other.value.parts, parts);
    if (parts === other.value.parts) break;
  }
  return { ...value, value: { ...value.value, parts } };
}

/** `ours`, with the texts that are in `theirs` too taken from there; `theirs` itself where they are all the same. */
function withTextsOf(theirs: Host['parts'], ours: Host['parts']): Host['parts'] {
  if (ours.kind !== 'known' || theirs.kind !== 'known') return ours;
  let isSame = ours.value.size === theirs.value.size;
  const texts = new Map<string, Value<string>>();
  for (const [name, text] of ours.value) {
    const other = theirs.value.get(name);
    const isEqual = other?.kind === 'known' && text.kind === 'known' && other.value === text.value;
    isSame &&= isEqual;
    texts.set(name, isEqual ? other : text);
  }
  return isSame ? theirs : { ...ours, value: texts };
}
