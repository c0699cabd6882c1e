// A Terraform value of one type: null, unknown until apply, or known. Used by everything in the provider that reads attributes.

/** Null is what a user left out; unknown is what another resource will say during the apply. */
export type Value<T> =
  { readonly kind: 'null' } | { readonly kind: 'unknown' } | { readonly kind: 'known'; readonly value: T };

/** Of every type. */
export const NULL = { kind: 'null' } as const;

/** Of every type. */
export const UNKNOWN = { kind: 'unknown' } as const;

/** A value that is there. */
export function known<T>(value: T): Value<T> {
  return { kind: 'known', value };
}

/** Absent on our side is null on Terraform's. */
export function fromOptional<T>(value: T | undefined): Value<T> {
  return value === undefined ? NULL : known(value);
}

/** The value if it is known: null and unknown are both absent here, so ask for `unknown` first where it matters. */
export function toOptional<T>(value: Value<T>): T | undefined {
  return value.kind === 'known' ? value.value : undefined;
}

/** The first of two that is not null: an attribute, else its default. */
export function orElse<T>(value: Value<T>, fallback: Value<T>): Value<T> {
  return value.kind === 'null' ? fallback : value;
}
