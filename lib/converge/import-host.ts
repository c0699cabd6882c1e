// Import of one host and scope: parts, settings and id as the host remembers them, the parts as they are live.
import type { HostTarget, Imported } from './engine';
import type { Host } from './host';
import { printMemory, remember } from './memory';
import { readLive } from './read-live';
import { liveParts } from './refresh-host';

/** A host that has nothing of the scope gives no parts, and is no error. */
export async function importHost(host: Host, target: HostTarget): Promise<Imported> {
  const { live, declared } = await readLive(host, target, { parts: {} });
  const id = live.manifest.scopes[target.scope.name]?.id;
  const parts = await liveParts(host, target, { baseline: declared?.parts ?? {}, live });
  return {
    state: { parts, ...(id === undefined ? {} : { id }) },
    memory: printMemory(remember(target.scope, live)),
    notes: [],
    ...(declared === undefined ? {} : { settings: declared.settings }),
  };
}
