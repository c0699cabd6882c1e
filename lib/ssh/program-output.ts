// A program's standard output as it grows: whole, up to a line, or line by line. Used by shell-session.ts.
import { LineSearch } from './line-search';

const NEWLINE = 10;

interface Reader {
  readonly line: string;
  readonly search: LineSearch;
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
}

/** Keeps everything: a result holds the whole output, also what was read by line. */
export class ProgramOutput {
  private readonly pieces: Buffer[] = [];
  /** What no `readUntil` has returned yet. */
  private unread: Buffer[] = [];
  private readonly readers: Reader[] = [];
  private readonly followers: LineSplitter[] = [];
  private failure: ((line: string) => Error) | undefined;

  push(piece: Buffer): void {
    if (piece.length === 0) return;
    this.pieces.push(piece);
    this.unread.push(piece);
    this.serve(piece);
    for (const follower of this.followers) follower.push(piece);
  }

  /** No more will come: `explain` says why, to whoever waits for a line. */
  end(explain: (line: string) => Error): void {
    if (this.failure !== undefined) return;
    this.failure = explain;
    for (const reader of this.readers.splice(0)) reader.reject(explain(reader.line));
    for (const follower of this.followers) follower.end();
  }

  /** What was printed since the last such line, up to and including the next line equal to `line`. */
  readUntil(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.readers.push({ line, search: new LineSearch(line), resolve, reject });
      if (this.readers.length === 1) this.serveAnew();
      if (this.failure !== undefined && this.readers.pop() !== undefined) reject(this.failure(line));
    });
  }

  /** Further lines, from the first that no `readUntil` has returned; the last may lack its newline. */
  onLine(listener: (line: string) => void): void {
    const follower = new LineSplitter(listener);
    this.followers.push(follower);
    for (const piece of this.unread) follower.push(piece);
    if (this.failure !== undefined) follower.end();
  }

  /** Decoded once, so that no character breaks where two pieces meet. */
  text(): string {
    return Buffer.concat(this.pieces).toString('utf8');
  }

  /** Gives `piece`, the last of the unread ones, to the first reader; what lies behind its line is the next reader's. */
  private serve(piece: Buffer): void {
    const reader = this.readers[0];
    const end = reader?.search.feed(piece);
    if (reader === undefined || end === undefined) return;
    this.readers.shift();
    const rest = piece.subarray(end);
    reader.resolve(Buffer.concat([...this.unread.slice(0, -1), piece.subarray(0, end)]).toString('utf8'));
    this.unread = rest.length === 0 ? [] : [rest];
    if (rest.length > 0) this.serve(rest);
  }

  private serveAnew(): void {
    if (this.unread.length === 0) return;
    const all = Buffer.concat(this.unread);
    this.unread = [all];
    this.serve(all);
  }
}

class LineSplitter {
  private begun: Buffer[] = [];

  constructor(private readonly listener: (line: string) => void) {}

  push(piece: Buffer): void {
    let from = 0;
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, from)) {
      this.emit(piece.subarray(from, at));
      from = at + 1;
    }
    if (from < piece.length) this.begun.push(piece.subarray(from));
  }

  end(): void {
    if (this.begun.length > 0) this.emit(Buffer.alloc(0));
  }

  private emit(last: Buffer): void {
    const line = Buffer.concat([...this.begun, last]).toString('utf8');
    this.begun = [];
    this.listener(line);
  }
}
