// Keeps what login shell and sudo print before our own `sh` runs apart from what the program prints. Used by shell-session.ts.
import { LineSearch } from './line-search';
import { READY_LINE } from './shell-text';

/** One stream of one session, up to our own first line. */
export class Preamble {
  isOver = false;
  private readonly pieces: Buffer[] = [];
  private readonly search = new LineSearch(READY_LINE);

  /** The part of this piece that is the program's. */
  feed(piece: Buffer): Buffer {
    if (this.isOver) return piece;
    const end = this.search.feed(piece);
    if (end === undefined) {
      this.pieces.push(piece);
      return Buffer.alloc(0);
    }
    this.isOver = true;
    return piece.subarray(end);
  }

  /** What was printed before, for messages. */
  text(): string {
    return Buffer.concat(this.pieces).toString('utf8');
  }
}
