// A build of the provider for tests with real Terraform: its hosts are the JSON files in the folder GATEWRIGHT_TEST_HOSTS.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serve as serveOn } from '../../lib/provider/serve';
import type { Run } from '../../lib/provider/stay';
import type { Backend } from '../../lib/provider/session';
import { warmUp as warmUpOn } from '../../lib/provider/warm-up';
import { type Store, type StoredHost, connectTo, storedEngine } from './stored-engine';

const folder = process.env.GATEWRIGHT_TEST_HOSTS ?? '';
if (folder === '') throw new Error('GATEWRIGHT_TEST_HOSTS names no folder');
const fileOf = (name: string): string => join(folder, `${name}.json`);

const store: Store = {
  read: (name) => {
    if (!existsSync(fileOf(name))) return undefined;
    const host: unknown = JSON.parse(readFileSync(fileOf(name), 'utf8'));
    return isStoredHost(host) ? host : undefined;
  },
  write: (name, host) => {
    writeFileSync(fileOf(name), JSON.stringify(host, undefined, 1));
  },
  log: (call) => {
    appendFileSync(join(folder, 'calls.log'), `${call}\n`);
  },
};

function isStoredHost(host: unknown): host is StoredHost {
  return typeof host === 'object' && host !== null && 'scopes' in host;
}

const backend: Backend = {
  loadEngine: () => Promise.resolve(storedEngine(store)),
  connect: connectTo(store),
};

export function serve(run?: Run): Promise<void> {
  store.log(`process ${process.pid}`);
  return serveOn(backend, run);
}

export function warmUp(): Promise<void> {
  return warmUpOn(backend);
}
