// Puts convergence together: the engine that the provider calls. Each verb has a file of its own.
import { applyHost, destroyHost } from './apply-host';
import type { Engine, HostTarget } from './engine';
import type { Host } from './host';
import { importHost } from './import-host';
import { planDestroyHost, planHost } from './plan-host';
import { lookAhead, refreshHost } from './refresh-host';
import { freshHost, remoteHost } from './remote-host';
import { desiredOf } from './validate';
import type { Ways } from './ways';

/** How an engine comes to a host; tests give one in memory. */
export type WaysTo = (target: HostTarget) => Ways;

const OVER_SSH: WaysTo = (target) => ({
  open: async () => remoteHost(await target.open()),
  openFresh: async () => freshHost(await target.openFresh()),
});

/** An engine; it keeps nothing between calls. */
export function createEngine(waysTo: WaysTo = OVER_SSH): Engine {
  const hostOf = (target: HostTarget): Promise<Host> => waysTo(target).open();
  return {
    validate(scope, parts, adopt) {
      desiredOf(scope, parts, { adopt });
    },
    async look(target, state) {
      return lookAhead(await hostOf(target), target, state);
    },
    async refresh(target, state, memory, look) {
      return refreshHost(await hostOf(target), target, { state, memory, look });
    },
    async plan(target, request) {
      return planHost(() => hostOf(target), target, request);
    },
    async apply(target, request, signal) {
      return applyHost(waysTo(target), target, { ...request, signal });
    },
    async planDestroy(target, prior, memory) {
      return planDestroyHost(await hostOf(target), target, { prior, memory });
    },
    async destroy(target, prior, memory, signal) {
      return destroyHost(waysTo(target), target, { prior, memory, signal });
    },
    async import(target) {
      return importHost(await hostOf(target), target);
    },
  };
}
