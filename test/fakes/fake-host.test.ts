// The host in memory keeps the contract of hosts, so that what is proved on it holds on a real one.
import { hostContract } from '../contract/host-contract';
import type { Subject } from '../contract/subject';
import { FakeHost } from './fake-host';

hostContract({ name: 'the host in memory', make: () => Promise.resolve(fakeSubject()) });

function fakeSubject(): Subject {
  let host = new FakeHost();
  return {
    get host() {
      return host;
    },
    get second() {
      return host;
    },
    async hand(restore) {
      await Promise.resolve();
      host.kernel.restore(restore, { noflush: true });
    },
    async hand6(restore) {
      await Promise.resolve();
      host.kernel6.restore(restore, { noflush: true });
    },
    async handBeforeVerify(restore) {
      await Promise.resolve();
      host.faults.beforeVerify = (kernel) => {
        kernel.restore(restore, { noflush: true });
      };
    },
    async failAtStep(n) {
      await Promise.resolve();
      host.faults.failAtStep = n;
    },
    async failToRemember() {
      await Promise.resolve();
      host.faults.failToRemember = true;
    },
    async stall() {
      await Promise.resolve();
      let release = (): void => undefined;
      host.faults.stall = new Promise((resolve) => {
        release = resolve;
      });
      return {
        reached: () => Promise.resolve(),
        release: () => {
          release();
          return Promise.resolve();
        },
      };
    },
    async forbidNamespaces() {
      await Promise.resolve();
      host.faults.noNamespaces = true;
    },
    readSysctl: (key) => Promise.resolve(host.sysctls.get(key) ?? ''),
    async track(entries) {
      await Promise.resolve();
      host.around.conntrack.entries = entries;
    },
    tracked: () => Promise.resolve(host.around.conntrack.entries),
    save: () => Promise.resolve(host.kernel.save()),
    save6: () => Promise.resolve(host.kernel6.save()),
    stateFiles() {
      if (host.manifest === undefined) return Promise.resolve(undefined);
      const records = [...host.declared].map(([scope, text]) => [`declared/${scope}`, text] as const);
      return Promise.resolve({ 'manifest.json': host.manifest, ...Object.fromEntries(records) });
    },
    runFiles: () => Promise.resolve(['lock']),
    async reset() {
      await Promise.resolve();
      host = new FakeHost();
    },
  };
}
