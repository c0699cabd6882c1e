// Reads what our programs print on a host: sections between markers, complete or not at all. remote-host.ts uses it.

export interface Section {
  readonly text: string;
  /** The exit code of what printed it, or a word. */
  readonly code: string;
}

export interface Sections {
  readonly sections: ReadonlyMap<string, Section>;
  /** Marker lines that stand outside sections, such as `kept` or `refuse not-root`. */
  readonly words: readonly string[];
}

/** A section that has no end is left out: it was cut. Text between sections is what tools printed beside; it is dropped. */
export function parseSections(output: string, nonce: string): Sections {
  const marker = `@@${nonce} `;
  const sections = new Map<string, Section>();
  const words: string[] = [];
  let open: { name: string; lines: string[] } | undefined;
  for (const line of output.split('\n')) {
    const word = line.startsWith(marker) ? line.slice(marker.length) : undefined;
    if (word === undefined) {
      open?.lines.push(line);
    } else if (word.startsWith('begin ')) {
      open = { name: word.slice('begin '.length), lines: [] };
    } else if (open !== undefined && word.startsWith(`end ${open.name} `)) {
      // The end marker stands on a line of its own: the newline before it is not the section's.
      sections.set(open.name, {
        text: open.lines
          .slice(0, -1)
          .map((each) => `${each}\n`)
          .join(''),
        code: word.slice(`end ${open.name} `.length),
      });
      open = undefined;
    } else {
      words.push(word);
    }
  }
  return { sections, words };
}

/** The rest of the first marker word that begins so, such as the reason of `refuse`. */
export function wordAfter({ words }: Sections, verb: string): string | undefined {
  const word = words.find((each) => each === verb || each.startsWith(`${verb} `));
  return word?.slice(verb.length + 1);
}
