// What one run of Terraform remembers: the answer to a plan's question for a later launch, once, and only to the very same question.
import { expect, test } from 'vitest';
import { RunMemory } from '../../lib/provider/run-memory';
import type { PlanRequest } from '../../lib/provider/protocol/requests';
import { NULL, known } from '../../lib/provider/protocol/value';
import { settings } from '../../lib/provider/schema/settings';
import { DEFAULT_SCOPE } from '../../lib/model/scope';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const REQUEST: PlanRequest = {
  priorState: bytes('prior'),
  proposedNewState: bytes('proposed'),
  config: bytes('config'),
  priorPrivate: bytes('private'),
};
const blank = settings.decode({}, []);
const SETTINGS = blank.kind === 'known' ? blank.value : undefined;
const RESPONSE = { state: bytes('planned'), diagnostics: [] };
const [PLAN, APPLY] = [{}, {}];

function noted(response = RESPONSE): RunMemory {
  const memory = new RunMemory();
  if (SETTINGS === undefined) throw new Error('no settings');
  memory.notePlan(REQUEST, SETTINGS, { by: PLAN, response });
  return memory;
}

function taken(memory: RunMemory, request = REQUEST, by: object = APPLY, more = {}): unknown {
  if (SETTINGS === undefined) throw new Error('no settings');
  return memory.takePlan(request, { ...SETTINGS, ...more }, by);
}

test('a later launch gets the answer, once', () => {
  const memory = noted();
  expect(taken(memory)).toBe(RESPONSE);
  expect(taken(memory)).toBe(undefined);
});

test('the launch that was asked plans anew when it is asked again', () => {
  expect(taken(noted(), REQUEST, PLAN)).toBe(undefined);
});

test.each(['priorState', 'proposedNewState', 'config', 'priorPrivate'] as const)(
  'another %s is another question',
  (name) => {
    const memory = noted();
    expect(taken(memory, { ...REQUEST, [name]: bytes('other') })).toBe(undefined);
    expect(taken(memory)).toBe(RESPONSE);
  },
);

test('bytes that moved from one field into the next are another question', () => {
  const moved = { ...REQUEST, priorState: bytes('priorp'), proposedNewState: bytes('roposed') };
  expect(taken(noted(), moved)).toBe(undefined);
});

test('other settings are another question', () => {
  expect(taken(noted(), REQUEST, APPLY, { user: known('admin') })).toBe(undefined);
  expect(taken(noted(), REQUEST, APPLY, { user: NULL })).toBe(RESPONSE);
});

test('a run that plans anew has forgotten', () => {
  const memory = noted();
  memory.noteProof(target('192.0.2.1:22'), { of: 'digest', wording: (_, text) => text, notes: [] });
  memory.forget();
  expect([taken(memory), memory.takeProof(target('192.0.2.1:22'))]).toEqual([undefined, undefined]);
});

test('it is before a refresh from where Terraform begins until something is planned', () => {
  const memory = new RunMemory();
  expect(memory.isBeforeRefresh).toBe(false);
  memory.forget();
  expect(memory.isBeforeRefresh).toBe(true);
  if (SETTINGS === undefined) throw new Error('no settings');
  memory.notePlan(REQUEST, SETTINGS, { by: PLAN, response: RESPONSE });
  expect(memory.isBeforeRefresh).toBe(false);
});

test('a run that leaves hosts unread is never before a refresh', () => {
  const memory = new RunMemory(false);
  memory.forget();
  expect(memory.isBeforeRefresh).toBe(false);
});

test('no more than 64 MiB are kept, and what is taken makes room', () => {
  const memory = noted({ ...RESPONSE, state: new Uint8Array(40 * 1024 * 1024) });
  if (SETTINGS === undefined) throw new Error('no settings');
  const other = { ...REQUEST, config: bytes('other') };
  const large = { by: PLAN, response: { ...RESPONSE, state: new Uint8Array(40 * 1024 * 1024) } };
  memory.notePlan(other, SETTINGS, large);
  expect(taken(memory, other)).toBe(undefined);
  expect(taken(memory)).not.toBe(undefined);
  memory.notePlan(other, SETTINGS, large);
  expect(taken(memory, other)).toBe(large.response);
});

test('the same question noted again takes no more room', () => {
  const memory = noted({ ...RESPONSE, state: new Uint8Array(30 * 1024 * 1024) });
  if (SETTINGS === undefined) throw new Error('no settings');
  const again = { ...RESPONSE, state: new Uint8Array(30 * 1024 * 1024) };
  memory.notePlan(REQUEST, SETTINGS, { by: PLAN, response: again });
  const other = { ...REQUEST, config: bytes('other') };
  memory.notePlan(other, SETTINGS, { by: PLAN, response: again });
  expect([taken(memory), taken(memory, other)]).toEqual([again, again]);
});

test('a proof is for one apply of its host and scope', () => {
  const memory = new RunMemory();
  const proof = { of: 'digest', wording: (_: unknown, text: string) => text, notes: [] };
  memory.noteProof(target('192.0.2.1:22'), proof);
  expect(memory.takeProof(target('192.0.2.2:22'))).toBe(undefined);
  expect(memory.takeProof(target('192.0.2.1:22', 'other'))).toBe(undefined);
  expect(memory.takeProof(target('192.0.2.1:22'))).toBe(proof);
  expect(memory.takeProof(target('192.0.2.1:22'))).toBe(undefined);
});

function target(name: string, scope = DEFAULT_SCOPE.name): Parameters<RunMemory['takeProof']>[0] {
  const nobody = (): Promise<never> => Promise.reject(new Error('nobody is reached'));
  return {
    ...{ name, scope: { ...DEFAULT_SCOPE, name: scope }, open: nobody, openFresh: nobody },
    ...{ lockTimeoutSeconds: 0, drainTimeoutSeconds: 0, confirmTimeoutSeconds: 0 },
  };
}
