// The sets that a rule names, in its saved text, and the same rule with other names. Used by the plan and the checks of sets.

/** What stands in quotes names nothing, so it is stepped over. */
const NAMED = /"(?:[^"\\]|\\.)*"|(--(?:match|add|del|map)-set) (\S+)/g;

/** In the order in which they stand. */
export function setsNamedBy(text: string): string[] {
  if (!text.includes('-set ')) return [];
  return [...text.matchAll(NAMED)].flatMap(([, , name]) => name ?? []);
}

/** The rule with each set of `names` called as it is there. */
export function renameSets(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(NAMED, (whole: string, option: string | undefined, name: string | undefined) =>
    option === undefined || name === undefined ? whole : `${option} ${names.get(name) ?? name}`,
  );
}
