// What a host's programs print is an answer only when it is complete: a cut or failed reading is never "no rules".
import { describe, expect, test } from 'vitest';
import {
  parseConnections,
  parseOutcome,
  parseProof,
  parseReading,
  refusal,
} from '../../lib/converge/answers';
import type { Transaction } from '../../lib/converge/host';
import { parseSections } from '../../lib/converge/sections';
import type { FakeHost } from '../fakes/fake-host';
import { errorOf, PARTS, Scenario } from './scenario';

const NONCE = 'abc123';
const READING = [
  '@@abc123 begin manifest',
  '{"version":1}',
  '',
  '@@abc123 end manifest 0',
  '@@abc123 begin modules',
  'ip_vs',
  '',
  '@@abc123 end modules 0',
  '@@abc123 begin sysctls',
  'net/ipv4/ip_forward = 1',
  'net/ipv4/conf/eth0.7/rp_filter absent',
  '',
  '@@abc123 end sysctls 0',
  '@@abc123 begin ipv4',
  '*nat',
  '-A OUTPUT -m comment --comment "@@zzz end ipv4 0" -j RETURN',
  'COMMIT',
  '',
  '@@abc123 end ipv4 0',
  '@@abc123 begin backend',
  'nft',
  '',
  '@@abc123 end backend 0',
  '@@abc123 begin beside-ipv4',
  '*filter',
  'COMMIT',
  '',
  '@@abc123 end beside-ipv4 0',
  '@@abc123 begin conntrack',
  'present',
  '',
  '@@abc123 end conntrack 0',
  '@@abc123 read',
  '',
].join('\n');

function read(text: string): ReturnType<typeof parseReading> {
  return parseReading(parseSections(text, NONCE), { reads: [] }, { host: 'root@192.0.2.1:22' });
}

describe('connections', () => {
  const COUNTED = [
    '@@abc123 begin connections',
    'real-server -f 7 -6 -r [2001:db8::5]:0 12',
    '',
    '@@abc123 end connections 0',
    '@@abc123 counted',
    '',
  ].join('\n');

  test('are counted by the key of their real server', () => {
    const counts = parseConnections(parseSections(COUNTED, NONCE), 'root@192.0.2.1:22');
    expect(counts).toEqual(new Map([['real-server -f 7 -6 -r [2001:db8::5]:0', 12]]));
  });

  test.each([
    ['failed', COUNTED.replace('connections 0', 'connections 1')],
    ['were cut', COUNTED.slice(0, 40)],
  ])('that %s are not taken for none', (_how, text) => {
    expect(() => parseConnections(parseSections(text, NONCE), 'root@192.0.2.1:22')).toThrow(
      /root@192.0.2.1:22: connections cannot be counted/,
    );
  });
});

describe('a reading', () => {
  test('that is complete is taken, sections and sysctls', () => {
    expect(read(READING)).toEqual({
      manifest: '{"version":1}\n',
      hasRecovered: false,
      hasConntrack: true,
      sysctls: new Map([
        ['net.ipv4.ip_forward', '1'],
        ['net.ipv4.conf.eth0/7.rp_filter', undefined],
      ]),
      sections: new Map(),
      missingModules: ['ip_vs'],
      ipv4: '*nat\n-A OUTPUT -m comment --comment "@@zzz end ipv4 0" -j RETURN\nCOMMIT\n',
      backend: 'nft',
      beside: { ipv4: '*filter\nCOMMIT\n' },
    });
  });

  test('that is cut anywhere before its last end is refused', () => {
    const end = READING.indexOf('@@abc123 end conntrack 0') + '@@abc123 end conntrack '.length;
    for (let at = 0; at < end; at += 1) {
      expect(() => read(READING.slice(0, at)), `cut at ${at}`).toThrow(/was cut|exit code/);
    }
  });

  test.each(['manifest', 'sysctls', 'ipv4', 'backend', 'beside-ipv4', 'conntrack'])(
    'whose %s failed is refused with the exit code',
    (name) => {
      const failed = READING.replace(`@@abc123 end ${name} 0`, `@@abc123 end ${name} 4`);
      expect(() => read(failed)).toThrow(`reading ${name} failed with exit code 4`);
    },
  );

  test('with markers of another word has none of its sections', () => {
    expect(parseSections(READING, 'other')).toEqual({ sections: new Map(), words: [] });
  });
});

describe('a proof', () => {
  const proof = (code: string, text: string): ReturnType<typeof parseProof> =>
    parseProof({
      sections: new Map([
        ['error', { text, code }],
        ['save-ipv4', { text: '*nat\nCOMMIT\n', code: '0' }],
      ]),
      words: [],
    });

  test.each([
    ['0', '', { kind: 'proved', saves: new Map([['ipv4', '*nat\nCOMMIT\n']]) }],
    ['unavailable', 'unshare: no\n', { kind: 'unavailable', message: 'unshare: no' }],
    [
      '2',
      "Bad thing\nError occurred at line: 7\nTry `iptables -h'\n",
      { kind: 'refused', line: 7, message: 'Bad thing' },
    ],
    [
      '4',
      'iptables-restore v1.8.9 (nf_tables): \nline 12: RULE_APPEND failed (Invalid argument)\n',
      {
        kind: 'refused',
        line: 12,
        message: 'iptables-restore v1.8.9 (nf_tables): RULE_APPEND failed (Invalid argument)',
      },
    ],
    [
      '1',
      'iptables-restore: line 9 failed\n',
      { kind: 'refused', line: 9, message: 'iptables-restore: the kernel gives no reason' },
    ],
    ['127', 'not found\n', { kind: 'refused', message: 'not found' }],
  ])('with exit code %s and %j', (code, text, expected) => {
    expect(proof(code, text)).toMatchObject(expected);
  });
});

describe('an outcome', () => {
  const outcomeOf = (more: Partial<Transaction>, ...words: string[]): ReturnType<typeof parseOutcome> =>
    parseOutcome(
      {
        host: 'h',
        step: 'apply',
        exitCode: 1,
        stdout: words.map((word) => `@@abc123 ${word}\n`).join(''),
        stderr: 'why\n',
      },
      {
        steps: [],
        expected: { rules: {}, entries: { subsystems: [], present: '', absent: '' }, sysctls: '' },
        scope: 'default',
        guardSeconds: 60,
        ...more,
      },
      { host: 'root@192.0.2.1:22', nonce: NONCE },
    );
  const outcome = (...words: string[]): ReturnType<typeof parseOutcome> => outcomeOf({}, ...words);

  test('is what the log says last', () => {
    expect(outcome('started', 'kept')).toEqual({ kind: 'kept' });
    expect(outcome('started', 'failed verify', 'undone')).toMatchObject({ step: 'verify', undone: true });
    expect(outcome('started', 'failed 1', 'undo-failed')).toMatchObject({ undone: false });
    expect(outcome('started', 'failed 1')).toMatchObject({ undone: false });
  });

  test.each([
    ['went', ['begin stale', 'end stale 0'], { kind: 'kept' }],
    ['did not go', ['begin stale\nit says why\n', 'end stale 1'], { kind: 'kept', staleLeft: 'it says why' }],
    ['may have gone', ['begin stale'], { kind: 'kept', staleLeft: 'the answer was cut' }],
  ])('tells whether stale conntrack entries %s', (_how, words, expected) => {
    expect(
      outcomeOf({ stale: { kept: 'untranslated ipv4 - 53 53\n', undone: '' } }, 'started', 'kept', ...words),
    ).toEqual(expected);
  });

  test('of a session that never started is a refusal, and of one that fell silent is unknown', () => {
    expect(() => outcome()).toThrow('did not start, exit code 1\nwhy');
    expect(() => outcome('started')).toThrow('ended without a word of how');
  });
});

test.each([
  ['locked since 2026-11-21 03:26:28 UTC, by root', 'locked', 'another apply holds the lock (since 2026'],
  ['locked ', 'locked', 'by whom is not known'],
  ['tool-missing flock', 'tool-missing', 'the host has no flock'],
  ['not-root', 'not-root', 'do not run as root'],
  ['denied CAP_NET_ADMIN', 'denied', 'root has no CAP_NET_ADMIN there'],
  ['no-folder /run/gatewright', 'unreadable', 'no file can be made in /run/gatewright'],
])('a host that refuses with %s says so', (reason, code, text) => {
  const error = refusal(reason, 'root@192.0.2.1:22');
  expect(error.code).toBe(code);
  expect(error.message).toContain(text);
});

test.each([
  [
    'a manifest that is no JSON',
    (host: FakeHost) => (host.manifest = '{"version":1'),
    'manifest cannot be read',
  ],
  [
    'a manifest of a later version',
    (host: FakeHost) => (host.manifest = '{"version":2,"scopes":{},"found":{}}'),
    'not a manifest of version 1',
  ],
  [
    'a manifest whose notes of draining are none',
    (host: FakeHost) => (host.manifest = '{"version":1,"scopes":{},"found":{},"draining":{"x":1}}'),
    'not a manifest of version 1',
  ],
])('%s is refused by every verb', async (_name, damage, text) => {
  const scenario = new Scenario();
  await scenario.apply(PARTS);
  damage(scenario.host);
  const before = scenario.host.state();
  for (const verb of [scenario.refresh(), scenario.applyOnly({}), scenario.destroy()]) {
    const error = await errorOf(verb);
    expect(error).toMatchObject({ code: 'unreadable' });
    expect(String(error)).toContain(text);
  }
  expect(scenario.host.state()).toBe(before);
});
