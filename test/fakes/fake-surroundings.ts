// What stands beside a host in memory's own tables: the other back-end of iptables, conntrack(8), and kube-proxy.
import type { Backend } from '../../lib/converge/backends';
import type { Reading } from '../../lib/converge/host';
import { FakeConntrack } from './fake-conntrack';
import { FakeKernel } from './fake-kernel';

export class FakeSurroundings {
  /** What `iptables` is; the other one has tables of its own. */
  backend: Backend = 'nft';
  readonly beside = { ipv4: new FakeKernel(), ipv6: new FakeKernel('ipv6') };
  readonly conntrack = new FakeConntrack();
  /** Where its process stands in /proc. */
  kubeProxy = '';

  read(): Pick<Reading, 'backend' | 'beside' | 'hasConntrack'> {
    const { ipv4, ipv6 } = this.beside;
    const beside = { ipv4: ipv4.save(), ipv6: ipv6.save() };
    return { backend: this.backend, beside, hasConntrack: this.conntrack.isInstalled };
  }
}
