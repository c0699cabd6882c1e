// Collects declarations by part, where both families of a service bring lines to one; used by the files that lay services out.
import type { Declaration } from '../model/declaration';

/** Grows part by part. */
export class PartsBuilder {
  readonly #parts = new Map<string, readonly Declaration[]>();

  /** Behind what the part has already. */
  add(part: string, declarations: readonly Declaration[]): void {
    this.#parts.set(part, [...(this.#parts.get(part) ?? []), ...declarations]);
  }

  /** In the order in which parts count. */
  inOrder(): ReadonlyMap<string, readonly Declaration[]> {
    return new Map([...this.#parts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
