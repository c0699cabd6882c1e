// Puts convergence together: the engine that the provider calls. Each verb has a file of its own.
import { applyHost, destroyHost } from './apply-host';
import type { Engine, HostTarget } from './engine';
import type { Host } from './host';
import { importHost } from './import-host';
import { planDestroyHost, planHost } from './plan-host';
import { refreshHost } from './refresh-host';
import { remoteHost } from './remote-host';
import { desiredOf } from './validate';

/** How an engine comes to a host; tests give one in memory. */
export type HostOf = (target: HostTarget) => Promise<Host>;

const OVER_SSH: HostOf = async (target) => remoteHost(await target.open());

/** An engine; it keeps nothing between calls. */
export function createEngine(hostOf: HostOf = OVER_SSH): Engine {
  return {
    validate(scope, parts) {
      desiredOf(scope, parts);
    },
    async refresh(target, state, memory) {
      return refreshHost(await hostOf(target), target, { state, memory });
    },
    async plan(target, request) {
      return planHost(() => hostOf(target), target, request);
    },
    async apply(target, request, signal) {
      return applyHost(() => hostOf(target), target, { ...request, signal });
    },
    async planDestroy(target, prior, memory) {
      return planDestroyHost(await hostOf(target), target, { prior, memory });
    },
    async destroy(target, prior, memory, signal) {
      return destroyHost(() => hostOf(target), target, { prior, memory, signal });
    },
    async import(target) {
      return importHost(await hostOf(target), target);
    },
  };
}
