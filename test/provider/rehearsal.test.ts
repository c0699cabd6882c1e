// The rehearsal for the code cache: it must go the way of a real plan, or it would warm the wrong code.
import { expect, test } from 'vitest';
import { createEngine } from '../../lib/converge/create-engine';
import { rehearse } from '../../lib/provider/rehearsal';

test('a rehearsed plan finds everything as declared', async () => {
  const { refreshed, planned } = await rehearse(createEngine);
  expect(Object.keys(refreshed.state.parts)).toEqual(['10-forwarding', '50-web']);
  expect([refreshed.notes, planned]).toEqual([[], { wording: 'prior', notes: [] }]);
});
