// What is asked of a web server, and what its first lines say.
import { expect, test } from 'vitest';
import { printRequest, readAnswer } from '../../../lib/converge/probes/http-answer';

test.each([
  ['http://192.0.2.1', 'GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n'],
  ['http://[2001:db8::1]:8080/health?full=1', 'GET /health?full=1 HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n'],
  ['https://gw.example/a b', 'GET /a%20b HTTP/1.1\r\nHost: gw.example\r\n'],
  ['http://gw.example/a\r\nX: y', 'GET /aX:%20y HTTP/1.1\r\nHost: gw.example\r\n'],
])('%s is asked for as text of its own encoding', (url, expected) => {
  const request = printRequest(new URL(url));
  expect(request.slice(0, expected.length)).toBe(expected);
  expect(request).toMatch(/\r\nConnection: close\r\n\r\n$/);
});

test.each([
  ['nothing', '', { kind: 'more' }],
  ['the beginning of a status line', 'HTT', { kind: 'more' }],
  ['a status line without its end', 'HTTP/1.1 200 OK', { kind: 'more' }],
  ['a status line', 'HTTP/1.1 204 No Content\r\n', { kind: 'status', status: 204 }],
  ['a status line without words', 'HTTP/1.0 503\n', { kind: 'status', status: 503 }],
  ['a hint before the answer', 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n', { kind: 'more' }],
  [
    'a hint and the answer',
    'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 301 Moved\r\n',
    { kind: 'status', status: 301 },
  ],
  ['what an SSH server says', 'SSH-2.0-OpenSSH_9.2\r\n', { kind: 'no-http' }],
  ['bytes of another kind, without an end', '\u0015\u0003\u0001', { kind: 'no-http' }],
  ['a status that is no number', 'HTTP/1.1 abc\r\n', { kind: 'no-http' }],
  ['a line that never ends', `HTTP/1.1 200 ${'x'.repeat(70_000)}`, { kind: 'no-http' }],
  ['a hint that never ends', `HTTP/1.1 103 Early\r\n${'x'.repeat(70_000)}`, { kind: 'no-http' }],
] as const)('%s is read as what it is', (_name, text, expected) => {
  expect(readAnswer(text)).toEqual(expected);
});
