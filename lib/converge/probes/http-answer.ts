// The first lines of an HTTP exchange as text: what is asked, and the status of what is answered. Used by http-probe.ts.

/** What was read so far: not enough yet, no HTTP at all, or the status of the final answer. */
export type HttpAnswer =
  | { readonly kind: 'more' }
  | { readonly kind: 'no-http' }
  | { readonly kind: 'status'; readonly status: number };

/** More than any server says before its status. */
const LONGEST_HEAD = 65_536;

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})(?: .*)?$/;

/** A GET that asks for the end of the connection. The URL's own encoding lets no line break through. */
export function printRequest({ pathname, search, host }: URL): string {
  return [
    `GET ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    'User-Agent: gatewright',
    'Accept: */*',
    'Connection: close',
    '',
    '',
  ].join('\r\n');
}

/** A status below 200 announces another one, with a head of its own. */
export function readAnswer(text: string): HttpAnswer {
  const end = text.indexOf('\n');
  if (end < 0) {
    const begins = 'HTTP/1.'.startsWith(text.slice(0, 'HTTP/1.'.length)) || text.startsWith('HTTP/1.');
    return begins && text.length < LONGEST_HEAD ? { kind: 'more' } : { kind: 'no-http' };
  }
  const status = Number(STATUS_LINE.exec(text.slice(0, end).replace(/\r$/, ''))?.[1]);
  if (Number.isNaN(status)) return { kind: 'no-http' };
  if (status >= 200) return { kind: 'status', status };
  const head = /\r?\n\r?\n/.exec(text);
  if (head === null) return text.length < LONGEST_HEAD ? { kind: 'more' } : { kind: 'no-http' };
  return readAnswer(text.slice(head.index + head[0].length));
}
