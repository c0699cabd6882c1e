// The order of texts by their bytes in UTF-8, as `sort` in the locale C has it. Used by the reader of parts and by what a host compares.
import { Buffer } from 'node:buffer';

/** A sorted copy. */
export function sortedByBytes(texts: Iterable<string>): string[] {
  const all = [...texts];
  // Without these the order of UTF-16, which is built in, is the same.
  return all.some((text) => SURROGATE.test(text)) ? all.sort(byBytes) : all.sort();
}

const SURROGATE = /[\ud800-\udfff]/;

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
