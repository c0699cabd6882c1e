// Errors as a user reads them at night, and that no secret is among them.
import { expect, test } from 'vitest';
import { ApplyFailed, Refused } from '../../lib/converge/errors';
import { InvalidInput } from '../../lib/model/errors';
import { diagnose, toWarnings } from '../../lib/provider/diagnose';
import { attributePath } from '../../lib/provider/protocol/attribute-path';
import { SshError } from '../../lib/ssh/errors';

const PARTS_X = [...attributePath('parts'), { kind: 'key', key: 'x' }];

test.each([
  [
    'bad input in a part',
    new InvalidInput([
      {
        code: 'c',
        what: 'unknown chain INPTU',
        at: 'part "x", line 3',
        given: '-A INPTU',
        allowed: '-A INPUT',
        fix: 'correct it',
        part: 'x',
      },
    ]),
    {
      summary: 'unknown chain INPTU',
      detail: 'at: part "x", line 3\ngiven: -A INPTU\nallowed: -A INPUT\nto do: correct it',
      path: PARTS_X,
    },
  ],
  [
    'bad input in an attribute, in one sentence',
    new InvalidInput([{ code: 'c', what: 'this prefix is taken', attribute: 'chain_prefix' }]),
    { summary: 'this prefix is taken', detail: 'this prefix is taken', path: attributePath('chain_prefix') },
  ],
  [
    'bad input of several lines',
    new InvalidInput([{ code: 'c', what: 'first\nsecond', fix: 'x' }]),
    { summary: 'first', detail: 'second\nto do: x' },
  ],
  [
    'a refusal',
    new Refused('locked', 'ci@runner holds the lock since 12:00', 'wait for it'),
    {
      summary: 'Host is locked by another apply',
      detail: 'ci@runner holds the lock since 12:00\nNothing was changed.\nto do: wait for it',
    },
  ],
  [
    'a connection that failed',
    new SshError('unreachable', 'root@gw:22', 'connect', 'no answer within 15 s', {
      fix: 'check the address',
      cause: new Error('connect failed', { cause: new Error('ECONNREFUSED') }),
    }),
    {
      summary: 'Host cannot be reached: root@gw:22',
      detail:
        'no answer within 15 s\nstep: connect\ncause: connect failed\ncause: ECONNREFUSED\n' +
        'to do: check the address',
    },
  ],
  [
    'an apply that was undone',
    new ApplyFailed('line 2 failed', true),
    { summary: 'Apply failed and was undone', detail: 'line 2 failed' },
  ],
  [
    'an apply that could not be undone',
    new ApplyFailed('connection lost; set SET-A is left', false),
    { summary: 'Apply failed and could not be undone', detail: 'connection lost; set SET-A is left' },
  ],
  [
    'an aborted wait',
    new DOMException('aborted', 'AbortError'),
    { summary: 'Stopped', detail: 'Terraform asked to stop, so this was given up.' },
  ],
])('explains %s', (_name, error, expected) => {
  expect(diagnose(error, [])).toEqual([{ severity: 'error', ...expected }]);
});

test.each([
  [
    'an error',
    new TypeError('x is not a function', { cause: new Error('why') }),
    /TypeError: x is not a function\n +at .*\n(.*\n)*cause: why$/,
  ],
  ['something thrown that is no error', 'text', /\ntext$/],
])('calls anything else a bug, with all that a report needs: %s', (_name, error, detail) => {
  expect(diagnose(error, [])).toEqual([
    {
      severity: 'error',
      summary: 'This is a bug in Gatewright',
      detail: expect.stringMatching(detail) as unknown,
    },
  ]);
});

test('gives each problem a diagnostic of its own', () => {
  const problems = ['a', 'b'].map((part) => ({ code: 'c', what: `wrong in ${part}`, part }));
  expect(diagnose(new InvalidInput(problems), []).map(({ summary }) => summary)).toEqual([
    'wrong in a',
    'wrong in b',
  ]);
});

test('strikes out secrets, whole and by line, in summary, detail and stack', () => {
  const key = '-----BEGIN KEY-----\nc2VjcmV0bGluZQ==\n-----END KEY-----\n';
  const error = new Error('login with hunter22 and c2VjcmV0bGluZQ== failed');
  const [diagnostic] = diagnose(error, ['hunter22', key]);
  expect(diagnostic?.detail).toContain('login with [secret] and [secret] failed');
  expect(JSON.stringify(diagnostic)).not.toMatch(/hunter22|c2VjcmV0/);
  const sshError = new SshError('sudo-failed', 'a@gw:22', 'read', 'sudo said: hunter22');
  expect(diagnose(sshError, ['hunter22'])).toMatchObject([{ detail: 'sudo said: [secret]\nstep: read' }]);
});

test('strikes out a secret that another one is the beginning of', () => {
  const error = new SshError('sudo-failed', 'a@gw:22', 'read', 'said: hunter22-and-more');
  expect(diagnose(error, ['hunter22', 'hunter22-and-more'])).toMatchObject([
    { detail: 'said: [secret]\nstep: read' },
  ]);
});

test('strikes out a password that looks like the frame of a key, and leaves frames', () => {
  const error = new SshError('sudo-failed', 'a@gw:22', 'read', '-----hunter said, not -----END KEY-----');
  expect(diagnose(error, ['-----hunter', '-----BEGIN KEY-----\nc2Vj\n-----END KEY-----'])).toMatchObject([
    { detail: '[secret] said, not -----END KEY-----\nstep: read' },
  ]);
});

test('strikes out secrets in notes too', () => {
  expect(toWarnings([{ summary: 'told hunter22', detail: 'hunter22' }], ['hunter22'])).toEqual([
    { severity: 'warning', summary: 'told [secret]', detail: '[secret]' },
  ]);
});

test('makes notes warnings, at the part or attribute that they are about', () => {
  const notes = [
    { summary: 'Not proved', detail: 'no namespaces', part: 'x' },
    { summary: 'Slow', detail: 'd', attribute: 'bastion.port' },
    { summary: 'By the way', detail: 'd' },
  ];
  expect(toWarnings(notes, [])).toEqual([
    { severity: 'warning', summary: 'Not proved', detail: 'no namespaces', path: PARTS_X },
    { severity: 'warning', summary: 'Slow', detail: 'd', path: attributePath('bastion', 'port') },
    { severity: 'warning', summary: 'By the way', detail: 'd' },
  ]);
});
