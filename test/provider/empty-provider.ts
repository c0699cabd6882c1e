// The provider with an empty body: the same protocol and schema, no engine and no SSH. What the benchmark measures against.
import type { Engine } from '../../lib/converge/engine';
import { serve as serveOn } from '../../lib/provider/serve';
import type { Run } from '../../lib/provider/stay';
import type { Backend } from '../../lib/provider/session';
import { warmUp as warmUpOn } from '../../lib/provider/warm-up';
import { nothingSeen } from './nothing-seen';

const engine: Engine = {
  validate: () => undefined,
  look: () => Promise.resolve(nothingSeen()),
  refresh: (_target, state) => Promise.resolve({ state, memory: 'empty', notes: [] }),
  plan: () => Promise.resolve({ wording: 'declared', notes: [] }),
  apply: (_target, { parts, prior }) =>
    Promise.resolve({ state: { id: prior?.id ?? 'empty', parts }, memory: 'empty', notes: [] }),
  planDestroy: () => Promise.resolve([]),
  destroy: () => Promise.resolve([]),
  import: () =>
    Promise.resolve({ state: { id: 'empty', parts: {} }, memory: 'empty', notes: [], settings: '{}' }),
};

const backend: Backend = {
  loadEngine: () => Promise.resolve(engine),
  connect: () => Promise.reject(new Error('the empty provider connects to nobody')),
};

export function serve(run?: Run): Promise<void> {
  return serveOn(backend, run);
}

export function warmUp(): Promise<void> {
  return warmUpOn(backend);
}
