// A new connection to the host in memory: the same host, with probes that pass or fail on command. Used by fake-host.ts.
import type { FreshHost, Host } from '../../lib/converge/host';

export function freshWay(
  host: Host,
  { failsProbes, onClose }: { readonly failsProbes: boolean; readonly onClose: () => void },
): FreshHost {
  return {
    read: (question) => host.read(question),
    prove: (texts) => host.prove(texts),
    countConnections: () => host.countConnections(),
    transact: (...given) => host.transact(...given),
    answer: (answer) => host.answer(answer),
    probe: (probes) =>
      Promise.resolve(
        failsProbes ? probes.map((probe, index) => ({ index, probe, reason: 'refused', tries: 1 })) : [],
      ),
    close: onClose,
  };
}
