import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { matchesHost } from '../../lib/ssh/host-pattern';
import { judgeHostKey, knownKeyTypes, parseKnownHosts } from '../../lib/ssh/known-hosts';
import { hostKeyAlgorithms, parsePublicKey, type PublicKey } from '../../lib/ssh/public-key';

/** A key is a length and a name, then whatever makes it this one. */
function key(keyType: string, content: string): PublicKey {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(keyType.length);
  return { keyType, bytes: Buffer.concat([head, Buffer.from(keyType), Buffer.from(content)]) };
}

function print({ keyType, bytes }: PublicKey): string {
  return `${keyType} ${bytes.toString('base64')}`;
}

function hashed(name: string): string {
  const salt = Buffer.from('twenty bytes of salt');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

const ED = key('ssh-ed25519', 'the host');
const OTHER_ED = key('ssh-ed25519', 'another');
const RSA = key('ssh-rsa', 'the host');
const ECDSA = key('ecdsa-sha2-nistp256', 'the host');

describe('names and patterns', () => {
  test.each([
    ['gw.example', 'gw.example', true],
    ['GW.Example', 'gw.example', true],
    ['gw.example', 'gw.example.com', false],
    ['a,gw.example,b', 'gw.example', true],
    ['*', 'gw.example', true],
    ['*.example', 'gw.example', true],
    ['gw?.example', 'gw1.example', true],
    ['gw?.example', 'gw.example', false],
    ['*a*b*c', 'xxaxxbxxc', true],
    ['*a*b*c', 'xxaxxcxxb', false],
    ['*.example,!gw.example', 'gw.example', false],
    ['!gw.example,*.example', 'gw.example', false],
    ['*.example,!gw.example', 'other.example', true],
    ['!gw.example', 'other.example', false],
    ['[gw.example]:2222', '[gw.example]:2222', true],
    ['[gw.example]:2222', 'gw.example', false],
    ['[*]:2222', '[gw.example]:2222', true],
    ['2001:db8::1', '2001:db8::1', true],
    [hashed('gw.example'), 'gw.example', true],
    [hashed('gw.example'), 'gx.example', false],
    [hashed('[gw.example]:2222'), '[gw.example]:2222', true],
    ['|2|c2FsdA==|aGFzaA==', 'gw.example', false],
    ['|1|c2FsdA==', 'gw.example', false],
    [`${'*a'.repeat(30)}b`, 'a'.repeat(200), false],
  ])('%s against %s: %s', (hosts, name, expected) => {
    expect(matchesHost(hosts, name)).toBe(expected);
  });
});

describe('what is an entry', () => {
  test.each([
    ['an empty line', ''],
    ['a comment', `# gw ${print(ED)}`],
    ['an indented comment', `   # gw ${print(ED)}`],
    ['a line without key', 'gw ssh-ed25519'],
    ['a key of SSH 1', 'gw 2048 35 123456789'],
    ['base64 that is none', 'gw ssh-ed25519 AAAA*'],
    ['a key of another type than it says', `gw ssh-rsa ${ED.bytes.toString('base64')}`],
    ['an unknown marker', `@trusted gw ${print(ED)}`],
  ])('%s is none', (_name, line) => {
    expect(parseKnownHosts(line, 'known_hosts')).toEqual([]);
  });

  test('an entry says where it stands, whatever blanks and comments are around it', () => {
    const text = `# first\n\n\t@revoked  gw\t${print(ED)}  root@gw of mine\r\n`;
    expect(parseKnownHosts(text, '/etc/ssh/ssh_known_hosts')).toEqual([
      { ...ED, marker: 'revoked', hosts: 'gw', file: '/etc/ssh/ssh_known_hosts', line: 3 },
    ]);
  });
});

describe('verdicts', () => {
  test.each([
    ['a line with the key', [`gw ${print(ED)}`], 22, 'known'],
    ['one of several lines with the key', [`gw ${print(OTHER_ED)}`, `gw ${print(ED)}`], 22, 'known'],
    ['no line', [], 22, 'unknown'],
    ['a line of another host', [`gx ${print(ED)}`], 22, 'unknown'],
    ['a line with another key of the type', [`gw ${print(OTHER_ED)}`], 22, 'changed at 1'],
    ['the line of the type among others', [`gw ${print(RSA)}`, `gw ${print(OTHER_ED)}`], 22, 'changed at 2'],
    ['only lines with other types', [`gw ${print(RSA)}`], 22, 'changed at 1'],
    ['a line for the port', [`[gw]:2222 ${print(ED)}`], 2222, 'known'],
    ['a line for another port', [`[gw]:2223 ${print(ED)}`], 2222, 'unknown'],
    ['a line for the plain name, on another port', [`gw ${print(ED)}`], 2222, 'known'],
    ['another key for the plain name, on another port', [`gw ${print(OTHER_ED)}`], 2222, 'unknown'],
    ['a line with brackets, on port 22', [`[gw]:22 ${print(ED)}`], 22, 'unknown'],
    [
      'a revoked line after one that knows',
      [`gw ${print(ED)}`, `@revoked * ${print(ED)}`],
      22,
      'revoked at 2',
    ],
    ['a revoked line with another key', [`gw ${print(ED)}`, `@revoked * ${print(OTHER_ED)}`], 22, 'known'],
    [
      'a revoked line for the plain name',
      [`@revoked gw ${print(ED)}`, `[gw]:2222 ${print(ED)}`],
      2222,
      'revoked at 1',
    ],
    ['a revoked line of another host', [`gw ${print(ED)}`, `@revoked gx ${print(ED)}`], 22, 'known'],
    ['an authority alone', [`@cert-authority *w ${print(OTHER_ED)}`], 22, 'unknown with authority at 1'],
    ['an authority with the very key', [`@cert-authority * ${print(ED)}`], 22, 'unknown with authority at 1'],
    [
      'an authority beside a line that knows',
      [`@cert-authority * ${print(RSA)}`, `gw ${print(ED)}`],
      22,
      'known',
    ],
    ['a hashed line', [`${hashed('gw')} ${print(ED)}`], 22, 'known'],
    ['a line that is ruled out', [`*,!gw ${print(ED)}`], 22, 'unknown'],
  ])('%s', (_name, lines, port, expected) => {
    const entries = parseKnownHosts(lines.join('\n'), 'known_hosts');
    const verdict = judgeHostKey(entries, { address: 'GW', port }, ED);
    expect(printVerdict(verdict)).toBe(expected);
  });

  function printVerdict(verdict: ReturnType<typeof judgeHostKey>): string {
    switch (verdict.kind) {
      case 'known':
        return 'known';
      case 'unknown':
        return ['unknown', ...verdict.authorities.map(({ line }) => `with authority at ${line}`)].join(' ');
      case 'changed':
      case 'revoked':
        return `${verdict.kind} at ${verdict.entry.line}`;
    }
  }
});

describe('algorithms', () => {
  const REST = ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'] as const;
  const RSA_ALGORITHMS = ['rsa-sha2-512', 'rsa-sha2-256'] as const;

  test.each([
    ['an unknown host', [], ['ssh-ed25519', ...REST, ...RSA_ALGORITHMS]],
    ['a host known by RSA', [`gw ${print(RSA)}`], [...RSA_ALGORITHMS, 'ssh-ed25519', ...REST]],
    [
      'a host known by ECDSA, then ed25519',
      [`gw ${print(ECDSA)}`, `gw ${print(ED)}`],
      [REST[0], 'ssh-ed25519', REST[1], REST[2], ...RSA_ALGORITHMS],
    ],
    [
      'a host whose RSA key is revoked',
      [`@revoked gw ${print(RSA)}`],
      ['ssh-ed25519', ...REST, ...RSA_ALGORITHMS],
    ],
    [
      'a host on a port, its own line before the plain one',
      [`gw ${print(RSA)}`, `[gw]:2222 ${print(ECDSA)}`],
      [REST[0], ...RSA_ALGORITHMS, 'ssh-ed25519', REST[1], REST[2]],
    ],
  ])('%s is asked in the order of its entries', (_name, lines, expected) => {
    const entries = parseKnownHosts(lines.join('\n'), 'known_hosts');
    const port = lines.some((line) => line.startsWith('[')) ? 2222 : 22;
    expect(hostKeyAlgorithms(knownKeyTypes(entries, { address: 'gw', port }))).toEqual(expected);
  });
});

test('bytes that end before the name of their type does are no key', () => {
  expect(parsePublicKey('ssh-ed25519', Buffer.from([0, 0, 0, 99, 1]).toString('base64'))).toBeUndefined();
  expect(parsePublicKey('ssh-ed25519', 'AAAA')).toBeUndefined();
});
