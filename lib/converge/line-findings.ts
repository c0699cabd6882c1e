// What a refresh finds out line by line: which lines of a part are live as written, and what stands there instead. Used by refresh.ts.
import type { Source } from '../model/declaration';

/** One thing that a line declares; a line may declare several (`-s a,b`, `sysctl k=v l=w`). */
export interface Finding {
  readonly isAsDeclared: boolean;
  /** What of it is live, as a line of its own; `undefined`: nothing. */
  readonly print: () => string | undefined;
}

export class LineFindings {
  private readonly found = new Map<string, Map<number, Finding[]>>();
  private readonly replaced = new Map<string, Map<number, string>>();

  add({ part, line }: Source, finding: Finding): void {
    const lines = this.found.get(part) ?? new Map<number, Finding[]>();
    this.found.set(part, lines);
    const findings = lines.get(line);
    if (findings === undefined) lines.set(line, [finding]);
    else findings.push(finding);
  }

  /** Another line of the part stands here. */
  replace({ part, line }: Source, text: string): void {
    this.replaced.set(part, (this.replaced.get(part) ?? new Map<number, string>()).set(line, text));
  }

  /** By line number; `undefined` drops a line, and lines not named stay as they are. Absent where all of them do. */
  changesOf(part: string): ReadonlyMap<number, string | undefined> | undefined {
    const changes = new Map<number, string | undefined>(this.replaced.get(part));
    for (const [line, findings] of this.found.get(part) ?? []) {
      if (findings.every(({ isAsDeclared }) => isAsDeclared)) continue;
      const texts = findings.flatMap(({ print }) => print() ?? []);
      changes.set(line, texts.length === 0 ? undefined : texts.join('\n'));
    }
    return changes.size === 0 ? undefined : changes;
  }
}
