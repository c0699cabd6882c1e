// At which of a host's addresses node ports open, as kube-proxy tells it from `nodePortAddresses`; used in both modes.
import type { Family } from '../model/iptables';
import { familyOf, isWithin } from './addresses';
import type { ServiceLayout } from './service';

/** Every address of the host, those of loopback only if so said, or just these. */
export type NodePortAddresses =
  | { readonly kind: 'all'; readonly withLoopback: boolean }
  | { readonly kind: 'these'; readonly addresses: readonly string[] };

/** The loopback networks, at which node ports open only with `localhostNodePorts`, and never in IPv6. */
export const LOOPBACK: Readonly<Record<Family, string>> = { ipv4: '127.0.0.0/8', ipv6: '::1/128' };

/** Networks of the other family say nothing here; none of this family: all. */
export function nodePortAddressesOf(
  { nodePortAddresses, nodeAddresses, localhostNodePorts }: ServiceLayout,
  family: Family,
): NodePortAddresses {
  const networks = nodePortAddresses.filter((network) => familyOf(network) === family);
  const withLoopback = localhostNodePorts && family === 'ipv4';
  if (networks.length === 0 || networks.some((network) => network.endsWith('/0')))
    return { kind: 'all', withLoopback };
  const own = [LOCALHOST[family], ...nodeAddresses.filter((address) => familyOf(address) === family)];
  const addresses = own.filter(
    (address) =>
      networks.some((network) => isWithin(address, network)) &&
      (withLoopback || !isWithin(address, LOOPBACK[family])),
  );
  return { kind: 'these', addresses };
}

/** Does anything open at 127.0.0.1? */
export function opensAtLoopback(layout: ServiceLayout): boolean {
  const opened = nodePortAddressesOf(layout, 'ipv4');
  return opened.kind === 'all'
    ? opened.withLoopback
    : opened.addresses.some((address) => isWithin(address, LOOPBACK.ipv4));
}

const LOCALHOST: Readonly<Record<Family, string>> = { ipv4: '127.0.0.1', ipv6: '::1' };
