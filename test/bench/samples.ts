// Collects what each run took, and gives the rows. Used by everything that measures.
import type { Row, RowKey } from './rows';
import { printKey } from './rows';
import { summarise } from './statistics';

/** Single measurements by what they are about, in the order in which each was first seen. */
export class Samples {
  readonly #values = new Map<string, { readonly key: RowKey; readonly values: number[] }>();

  add(key: RowKey, value: number): void {
    const name = printKey(key);
    const entry = this.#values.get(name) ?? { key, values: [] };
    entry.values.push(value);
    this.#values.set(name, entry);
  }

  rows(): Row[] {
    return [...this.#values.values()].map(({ key, values }) => {
      const { median, min, max, runs } = summarise(values);
      return { ...key, median: tenth(median), min: tenth(min), max: tenth(max), runs };
    });
  }
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
