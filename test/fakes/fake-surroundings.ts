// What stands beside a host in memory's own tables: the other back-end of iptables, and kube-proxy.
import type { Backend } from '../../lib/converge/backends';
import type { Reading } from '../../lib/converge/host';
import { FakeKernel } from './fake-kernel';

export class FakeSurroundings {
  /** What `iptables` is; the other one has tables of its own. */
  backend: Backend = 'nft';
  readonly beside = { ipv4: new FakeKernel(), ipv6: new FakeKernel('ipv6') };
  /** Where its process stands in /proc. */
  kubeProxy = '';

  read(): Pick<Reading, 'backend' | 'beside'> {
    const { ipv4, ipv6 } = this.beside;
    return { backend: this.backend, beside: { ipv4: ipv4.save(), ipv6: ipv6.save() } };
  }
}
