// Finds one whole line in bytes that arrive in pieces, looking at each byte once. Used by program-output.ts and preamble.ts.

const NEWLINE = 10;

/** Remembers where it is, so it serves for one search. */
export class LineSearch {
  private readonly wanted: Buffer;
  /** The end of what was seen: as much as a match may still begin in. At first the newline before the first line. */
  private seen: Buffer = Buffer.from([NEWLINE]);

  constructor(line: string) {
    this.wanted = Buffer.from(`\n${line}\n`);
  }

  /** How many bytes of this piece lie up to and including the line; `undefined` where it has not ended yet. */
  feed(piece: Buffer): number | undefined {
    const text = Buffer.concat([this.seen, piece]);
    const at = text.indexOf(this.wanted);
    if (at >= 0) return at + this.wanted.length - this.seen.length;
    this.seen = Buffer.from(text.subarray(Math.max(0, text.length - this.wanted.length + 1)));
    return undefined;
  }
}
