// Collects by part what is to be laid out, where both families of a service bring lines to one; used by the files that lay services out.
import type { Declaration } from '../model/declaration';

/** Lays lines of a part out. */
export type LayOutLines = () => readonly Declaration[];

/** Grows part by part. */
export class PartsBuilder {
  readonly #parts = new Map<string, LayOutLines[]>();

  /** Behind what the part has already; laid out when the part is asked for. */
  add(part: string, layOut: LayOutLines): void {
    const known = this.#parts.get(part);
    if (known === undefined) this.#parts.set(part, [layOut]);
    else known.push(layOut);
  }

  /** In the order in which parts count. Of thousands of services only one is held in rules at a time. */
  *inOrder(): Generator<readonly [part: string, declarations: readonly Declaration[]]> {
    for (const [part, all] of [...this.#parts].sort(([a], [b]) => (a < b ? -1 : 1)))
      yield [part, all.flatMap((layOut) => layOut())];
  }
}
