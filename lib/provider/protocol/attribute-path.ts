// Where in a resource or provider block a value stands, such as `bastion.port` or `parts["x"]`: what a diagnostic points at.

/** Into a block by an attribute, into a map by a key, or into a list by a number from 0. */
export type PathStep =
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'key'; readonly key: string | number };

/** From the block inwards; empty for the block itself. */
export type AttributePath = readonly PathStep[];

/** The path of nested attributes: `attributePath('bastion', 'port')`. */
export function attributePath(...names: readonly string[]): AttributePath {
  return names.map((name) => ({ kind: 'attribute', name }));
}

/** One step further, to an element of a map or list. */
export function atKey(path: AttributePath, key: string | number): AttributePath {
  return [...path, { kind: 'key', key }];
}

/** One step further, to an attribute of a group. */
export function atAttribute(path: AttributePath, name: string): AttributePath {
  return [...path, { kind: 'attribute', name }];
}

/** As a user would write it in HCL. */
export function printPath(path: AttributePath): string {
  return path
    .map((step, index) => {
      if (step.kind === 'key') return `[${JSON.stringify(step.key)}]`;
      return index === 0 ? step.name : `.${step.name}`;
    })
    .join('');
}
