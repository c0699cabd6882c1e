// A small engine whose hosts are records in a store: what the provider's tests stand on instead of SSH and a kernel.
import { createHash, randomUUID } from 'node:crypto';
import type { Engine, HostState, HostTarget, Memory } from '../../lib/converge/engine';
import type { Look } from '../../lib/converge/read-live';
import { ApplyFailed, Refused } from '../../lib/converge/errors';
import type { Parts } from '../../lib/model/declaration';
import { InvalidInput } from '../../lib/model/errors';
import type { SshConnection, SshSettings } from '../../lib/ssh/connection';
import { SshError } from '../../lib/ssh/errors';
import { nothingSeen } from './nothing-seen';

/** One scope on one host. `parts` are live: tests change them to make drift. */
export interface StoredScope {
  readonly id: string;
  readonly settings: string;
  readonly parts: Parts;
}

export interface StoredHost {
  readonly scopes: Readonly<Record<string, StoredScope>>;
  /** How the next apply or destroy ends. `wait`: only when it is aborted. */
  readonly next?: 'fail' | 'wait';
}

/** Hosts by `address:port`. A host that is not there cannot be reached. */
export interface Store {
  read(name: string): StoredHost | undefined;
  write(name: string, host: StoredHost): void;
  /** What was called, in order: `plan 192.0.2.1:22`. */
  log(call: string): void;
}

/** Reaches only hosts of the store. */
export function connectTo(store: Store): (settings: SshSettings) => Promise<SshConnection> {
  return ({ address, port, user }) => {
    const name = `${address.includes(':') ? `[${address}]` : address}:${port}`;
    store.log(`connect ${user}@${name}`);
    if (store.read(name) === undefined) {
      const fix = 'check the address';
      return Promise.reject(new SshError('unreachable', `${user}@${name}`, 'connect', 'no route', { fix }));
    }
    return Promise.resolve({
      name: `${user}@${name}`,
      isOpen: true,
      start: () => Promise.reject(new Error('a stored host runs no programs')),
      forward: () => Promise.reject(new Error('a stored host forwards nothing')),
      close: () => {
        store.log(`close ${user}@${name}`);
      },
    });
  };
}

/** What each look saw. */
const looks = new WeakMap<Look, StoredHost>();

export function storedEngine(store: Store): Engine {
  const hostOf = async (call: string, target: HostTarget): Promise<StoredHost> => {
    await target.open();
    store.log(`${call} ${target.name}`);
    return store.read(target.name) ?? { scopes: {} };
  };
  const put = (target: HostTarget, host: StoredHost, scope: StoredScope | undefined): void => {
    const others = Object.entries(host.scopes).filter(([name]) => name !== target.scope.name);
    const own = scope === undefined ? [] : [[target.scope.name, scope] as const];
    store.write(target.name, { scopes: Object.fromEntries([...others, ...own]) });
  };
  return {
    validate: (_scope, parts) => {
      refuseFlush(parts);
    },
    look: async (target) => {
      const look = nothingSeen();
      looks.set(look, await hostOf('look', target));
      return look;
    },
    refresh: async (target, state, _memory, look) => {
      const host = (look && looks.get(look)) ?? (await hostOf('refresh', target));
      const live = host.scopes[target.scope.name];
      return { state: stateOf(live, state), memory: digestOf(live), notes: [] };
    },
    plan: async (target, { prior, parts, unknownParts, moved }) => {
      refuseFlush(parts);
      const live = (await hostOf('plan', target)).scopes[target.scope.name];
      if (moved && live?.id !== prior?.id)
        throw new Refused('other-host', 'this is another host', 'check the address');
      const same =
        prior !== undefined && unknownParts.length === 0 && meaning(prior.parts) === meaning(parts);
      const notes = unknownParts.map((part) => ({ summary: 'Part is not known yet', detail: part, part }));
      return { wording: same ? 'prior' : 'declared', notes };
    },
    apply: async (target, { prior, parts, memory, settings }, signal) => {
      const host = await hostOf('apply', target);
      const live = host.scopes[target.scope.name];
      refuseChanged(prior, memory, live);
      await outcome(host, signal);
      const applied = { id: live?.id ?? randomUUID(), settings, parts };
      put(target, host, applied);
      return { state: { id: applied.id, parts }, memory: digestOf(applied), notes: [] };
    },
    planDestroy: async (target) => {
      await hostOf('planDestroy', target);
      return [{ summary: 'Host will be left as it was found', detail: target.name }];
    },
    destroy: async (target, prior, _memory, signal) => {
      const host = await hostOf('destroy', target);
      await outcome(host, signal);
      if (host.scopes[target.scope.name]?.id !== prior.id) {
        return [{ summary: 'This is another host; nothing was removed', detail: target.name }];
      }
      put(target, host, undefined);
      return [];
    },
    import: async (target) => {
      const live = (await hostOf('import', target)).scopes[target.scope.name];
      const state = stateOf(live, { parts: {} });
      return {
        state,
        memory: digestOf(live),
        notes: [],
        ...(live === undefined ? {} : { settings: live.settings }),
      };
    },
  };
}

function stateOf(live: StoredScope | undefined, state: HostState): HostState {
  if (live !== undefined) return { id: live.id, parts: live.parts };
  return { ...state, parts: {} };
}

function refuseFlush(parts: Parts): void {
  const problems = Object.entries(parts)
    .filter(([, text]) => text.includes('iptables -F'))
    .map(([part]) => ({
      code: 'removing-line',
      what: 'a part says what is, and `iptables -F` removes',
      at: `part "${part}", line 1`,
      fix: 'leave the line out instead',
      part,
    }));
  if (problems.length > 0) throw new InvalidInput(problems);
}

function refuseChanged(
  prior: HostState | undefined,
  memory: Memory | undefined,
  live: StoredScope | undefined,
): void {
  if (prior === undefined && live !== undefined) {
    throw new Refused('already-on-host', 'the scope exists on this host', 'terraform import it');
  }
  if (prior !== undefined && memory !== digestOf(live)) {
    throw new Refused('changed-since-plan', 'the host was changed since the plan', 'plan again');
  }
}

async function outcome(host: StoredHost, signal: AbortSignal): Promise<void> {
  if (host.next === 'fail') throw new ApplyFailed('iptables-restore: line 2 failed', true);
  if (host.next !== 'wait') return;
  await new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', resolve);
  });
  throw new ApplyFailed('stopped by Terraform', true);
}

function meaning(parts: Parts): string {
  const words = Object.entries(parts).map(([name, text]) => [name, text.trim().split(/\s+/).join(' ')]);
  return JSON.stringify(words.sort());
}

function digestOf(live: StoredScope | undefined): Memory {
  return createHash('sha256')
    .update(JSON.stringify(live?.parts ?? {}))
    .digest('hex')
    .slice(0, 12);
}
