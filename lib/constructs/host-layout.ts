// What a host's props mean to the services on it; used by host.ts.
import { DEFAULT_SCOPE, KUBE_PROXY_PREFIX } from '../model/scope';
import type { ServiceLayout } from '../services/service';
import { toCanonicalAddress } from './address-checks';
import type { HostProps } from './host-props';
import { DEFAULT_MASQUERADE_MARK } from './host-props';

/** With node ports as they are before any is declared. */
export function toLayout({
  chainPrefix = DEFAULT_SCOPE.chainPrefix,
  masqueradeMark = DEFAULT_MASQUERADE_MARK,
  nodeAddresses = [],
  randomFully = true,
  // Where names and rules are kube-proxy's own, this one is too.
  dropInvalid = chainPrefix === KUBE_PROXY_PREFIX,
}: HostProps): ServiceLayout {
  return {
    chainPrefix,
    masqueradeMark,
    randomFully,
    dropInvalid,
    nodeAddresses: nodeAddresses.map(toCanonicalAddress),
    nodePortAddresses: [],
    localhostNodePorts: false,
  };
}
