// A host's own addresses: what may stand in the prop, and what must be known of them where something is chosen by them. Used by host-props.ts and services.
import type { Family } from '../model/iptables';
import { isWithin } from '../services/addresses';
import { checkAddress, checkAreOnce, givenFamily } from './address-checks';
import type { Check } from './checks';
import { ifKnown } from './checks';
import { isUnknown } from './framework';
import type { Host } from './host';

/** Addresses of devices other than loopback, at which others can reach the host; tokens may stand for single ones. */
export function checkNodeAddresses(addresses: readonly string[] = []): readonly Check[] {
  return [
    ...addresses.map((each, index) => {
      const prop = `nodeAddresses[${index}]`;
      return ifKnown(each, (address) => checkAddress(prop, address) ?? checkIsReached(prop, address));
    }),
    checkAreOnce('nodeAddresses', addresses),
  ];
}

/** What is not reached from elsewhere serves nobody, and kube-proxy leaves it out. */
const NOT_REACHED = [
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '0.0.0.0/32',
  '::/128',
  '::1/128',
  'fe80::/10',
  'ff00::/8',
];

function checkIsReached(prop: string, address: string): Check {
  const network = NOT_REACHED.find((each) => isWithin(address, each));
  if (network === undefined) return undefined;
  return {
    code: 'not-reached',
    what: `${prop} is no address by which others reach the host`,
    given: `${address}, which is in ${network}`,
    allowed: 'addresses of the host, but those of loopback, link-local and multicast ones',
    fix: 'leave it out; localhostNodePorts of a node port opens 127.0.0.1',
  };
}

/** Where something is chosen by a host's addresses they must be known: `why` says what is. */
export function checkAddressesKnown(host: Host, families: readonly Family[], why: string): Check {
  const { nodeAddresses } = host.services.layout;
  const unknown = nodeAddresses.find((each) => isUnknown(each) && families.includes(givenFamily(each)));
  if (unknown === undefined) return undefined;
  return {
    code: 'unknown-value',
    what: `nodeAddresses of ${host.node.path} holds a value that is only known at apply, and ${why}`,
    given: 'a token',
    allowed: 'addresses that are known at synthesis',
    fix: 'write the addresses, or read them from a file or the environment in the app',
  };
}
