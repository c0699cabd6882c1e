// Paths of attributes as the protocol has them, from how a user writes them. Used by the tests of validation.

/** `parts["x"]` as the protocol has it. */
export function wirePath(path: string): object {
  const steps = path.match(/\["[^"]*"\]|\[\d+\]|[a-z_]+/g) ?? [];
  return {
    steps: steps.map((step) => {
      if (!step.startsWith('[')) return { attribute_name: step };
      const key: unknown = JSON.parse(step.slice(1, -1));
      return typeof key === 'number' ? { element_key_int: key } : { element_key_string: key };
    }),
  };
}
