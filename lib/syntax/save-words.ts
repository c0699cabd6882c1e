// Words as iptables-save writes them and iptables-restore reads them: only double quotes, in which a backslash takes the next character as it is.
import { refuse } from './problem';

/** The words of what stands behind `-A CHAIN ` in saved text. Throws `InvalidInput` where a quote is left open. */
export function splitSavedWords(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const { word, end } = readSavedWord(text, at);
    words.push(word);
    at = end;
  }
  return words;
}

/** True if a double quote is open at the end: the value goes on in the next line. */
export function endsInQuote(text: string): boolean {
  let quoted = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1))
    if (!quoted || !isEscaped(text, at)) quoted = !quoted;
  return quoted;
}

/** Whether an odd number of backslashes stands before it. */
function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text[before - 1] === '\\') before -= 1;
  return (at - before) % 2 === 1;
}

/** A free text (comment, log prefix) as the tools save it: bare only if it is of letters, digits, `_` and `-`. */
export function quoteSavedText(text: string, always: boolean): string {
  return !always && /^[A-Za-z0-9_-]+$/.test(text) ? text : quoted(text);
}

/** Any other value: the tools print it as it is, so it is quoted only where it would not be read back. */
export function quoteSavedWord(word: string): string {
  return word !== '' && !/[\s"'\\]/.test(word) ? word : quoted(word);
}

function quoted(text: string): string {
  return `"${text.replace(/["'\\]/g, (character) => `\\${character}`)}"`;
}

function readSavedWord(text: string, start: number): { readonly word: string; readonly end: number } {
  let word = '';
  let quoted = false;
  let at = start;
  for (; at < text.length && (quoted || !/\s/.test(text.charAt(at))); at += 1) {
    if (text[at] === '"') quoted = !quoted;
    else if (quoted && text[at] === '\\') word += text.charAt((at += 1));
    else word += text.charAt(at);
  }
  if (quoted)
    refuse('open-quote', 'a double quote is opened and not closed', { given: text, fix: 'close the quote' });
  return { word, end: at };
}
