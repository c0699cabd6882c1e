// Reckons once what several checks of one plan or apply ask of the same state of a host. Used by align.ts, diff.ts and release.ts.

/**
 * As `reckon`, which must be pure: for the same arguments it is asked once. They are told apart by identity, since none of them
 * changes once it is made, and the answer is kept as long as they are.
 */
export function onceFor<A extends readonly object[], R>(reckon: (...on: A) => R): (...on: A) => R {
  const root: Kept<R> = { next: new WeakMap() };
  return (...on) => {
    let at = root;
    for (const each of on) at = below(at, each);
    at.answer ??= { is: reckon(...on) };
    return at.answer.is;
  };
}

interface Kept<R> {
  readonly next: WeakMap<object, Kept<R>>;
  answer?: { readonly is: R };
}

function below<R>({ next }: Kept<R>, key: object): Kept<R> {
  const known = next.get(key);
  if (known !== undefined) return known;
  const made: Kept<R> = { next: new WeakMap() };
  next.set(key, made);
  return made;
}
