// Splits a part's text into logical lines and words as a POSIX shell would, with no expansion of any kind; used by the reader of parts.
import type { Problem } from '../model/errors';
import { InvalidInput } from '../model/errors';
import { LOOK_ALIKES, lookAlike, openQuote, shellOperator } from './word-problems';

/** One logical line: `text` is what was written, continuations and comments included, without the newline that ends it. */
export interface LogicalLine {
  /** Counts from 1; where the line has continuations, that of its first. */
  readonly line: number;
  readonly text: string;
  /** Empty for a blank line and a comment. */
  readonly words: readonly string[];
  /** Set where the line cannot be split. */
  readonly problem?: Problem;
}

/** The logical lines of a text. Joined with newlines, plus the last newline if there was one, they are that text again. */
export function splitLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let start = 0;
  let line = 1;
  while (start < text.length) {
    const { end, words, problem } = readLine(text, start);
    const raw = text.slice(start, end);
    lines.push({ line, text: raw, words, ...(problem === undefined ? {} : { problem }) });
    line += raw.split('\n').length;
    start = end + 1;
  }
  return lines;
}

/** The words of one command line. Throws `InvalidInput` where a quote is left open or a second command begins. */
export function splitWords(text: string): string[] {
  const { end, words, problem } = readLine(text, 0);
  if (problem !== undefined) throw new InvalidInput([problem]);
  if (end < text.length) {
    throw new InvalidInput([
      { code: 'several-lines', what: 'one line is wanted, and a second one begins', given: text },
    ]);
  }
  return words;
}

/** Quotes a word so that a POSIX shell and `splitWords` both read it back as it is. */
export function quoteWord(word: string, plain: RegExp = PLAIN_WORD): string {
  if (plain.test(word)) return word;
  return NEEDS_SINGLE_QUOTES.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`;
}

const PLAIN_WORD = /^(!|[A-Za-z0-9_@%+=:,./-]+)$/;
/** What a shell would act on inside double quotes. */
const NEEDS_SINGLE_QUOTES = /["$`\\!]/;

interface LineRead {
  /** Where the newline stands that ends the line, or the text. */
  readonly end: number;
  readonly words: string[];
  readonly problem?: Problem;
}

/** A line of which nothing but blanks and double quotes tells its words apart. */
const PLAIN_LINE = /[\w \t!@%+=:,./-]*(?:"[^"\\\n]*"[\w \t!@%+=:,./-]*)*(?=\n|$)/y;
const PLAIN_WORDS = /(?:[^ \t"]+|"[^"]*")+/g;

function readLine(text: string, start: number): LineRead {
  PLAIN_LINE.lastIndex = start;
  const plain = PLAIN_LINE.exec(text)?.[0];
  if (plain !== undefined) {
    const words = plain.match(PLAIN_WORDS) ?? [];
    const isQuoted = plain.includes('"');
    return {
      end: start + plain.length,
      words: isQuoted ? words.map((word) => (word.includes('"') ? word.replaceAll('"', '') : word)) : words,
    };
  }
  const words: string[] = [];
  let at = start;
  while (at < text.length && text[at] !== '\n') {
    if (isContinuation(text, at)) at += 2;
    else if (isBlank(text[at])) at += 1;
    else if (text[at] === '#') at = endOfLine(text, at);
    else {
      const word = readWord(text, at);
      if (typeof word.text !== 'string') return { end: word.end, words: [], problem: word.text };
      words.push(word.text);
      at = word.end;
    }
  }
  return { end: at, words };
}

interface PieceRead {
  readonly text: string | Problem;
  readonly end: number;
}

function readWord(text: string, start: number): PieceRead {
  let word = '';
  let at = start;
  while (at < text.length && text[at] !== '\n' && !isBlank(text[at])) {
    const piece = readPiece(text, at);
    if (typeof piece.text !== 'string') return piece;
    word += piece.text;
    at = piece.end;
  }
  return { text: word, end: at };
}

function readPiece(text: string, at: number): PieceRead {
  switch (text[at]) {
    case "'":
      return readSingleQuoted(text, at);
    case '"':
      return readDoubleQuoted(text, at);
    case '\\':
      if (isContinuation(text, at)) return { text: '', end: at + 2 };
      if (at + 1 === text.length) return { text: '\\', end: at + 1 };
      return { text: text.charAt(at + 1), end: at + 2 };
    case ';':
    case '&':
    case '|':
    case '<':
    case '>':
      return { text: shellOperator(text.slice(at)), end: endOfCommand(text, at) };
    default:
      return readPlain(text, at);
  }
}

function readPlain(text: string, at: number): PieceRead {
  const character = text.charAt(at);
  const meant = LOOK_ALIKES.get(character);
  if (meant === undefined) return { text: character, end: at + 1 };
  return { text: lookAlike(character, meant), end: endOfCommand(text, at) };
}

function readSingleQuoted(text: string, open: number): PieceRead {
  const end = endOfLine(text, open);
  const close = text.slice(open + 1, end).indexOf("'");
  if (close < 0) return { text: openQuote(text.slice(open, end)), end };
  return { text: text.slice(open + 1, open + 1 + close), end: open + close + 2 };
}

/** Inside double quotes a backslash only takes the meaning from `$`, a backtick, `"`, itself and a newline. */
function readDoubleQuoted(text: string, open: number): PieceRead {
  let word = '';
  let at = open + 1;
  while (at < text.length && text[at] !== '\n') {
    if (text[at] === '"') return { text: word, end: at + 1 };
    if (isContinuation(text, at)) {
      at += 2;
    } else if (text[at] === '\\' && '$`"\\'.includes(text.charAt(at + 1)) && at + 1 < text.length) {
      word += text.charAt(at + 1);
      at += 2;
    } else {
      word += text.charAt(at);
      at += 1;
    }
  }
  return { text: openQuote(text.slice(open, at)), end: at };
}

function isContinuation(text: string, at: number): boolean {
  return text[at] === '\\' && text[at + 1] === '\n';
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

/** Where the newline stands that no backslash continues. */
function endOfCommand(text: string, at: number): number {
  const end = endOfLine(text, at);
  return end < text.length && isContinuation(text, end - 1) ? endOfCommand(text, end + 1) : end;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}
