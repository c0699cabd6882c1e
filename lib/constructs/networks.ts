// Networks of which there may be one of each family, such as those of pods: a text, or a list of two. Used by host-props.ts and services.
import type { Family } from '../model/iptables';
import { checkTellingNetwork, givenFamily, toCanonicalAddress } from './address-checks';
import type { Check } from './checks';
import { ifKnown } from './checks';
import { isUnknown } from './framework';

/** The one of the family; a token is taken for IPv4. */
export function networkOf(given: string | readonly string[] | undefined, family: Family): string | undefined {
  if (given === undefined) return undefined;
  return toList(given)
    .map(toCanonicalNetwork)
    .find((network) => givenFamily(network) === family);
}

/** Each a network, and one of each family at most. */
export function checkNetworks(prop: string, given: string | readonly string[] | undefined): readonly Check[] {
  const networks = toList(given);
  const wrong = networks.map((each) => ifKnown(each, (network) => checkTellingNetwork(prop, network)));
  return [...wrong, checkOneOfEach(prop, networks)];
}

/** At most one of each family, of addresses or networks. */
export function checkOneOfEach(prop: string, given: readonly string[]): Check {
  if (given.length < 2) return undefined;
  const families = given.map(givenFamily);
  if (new Set(families).size === families.length) return undefined;
  return {
    code: 'two-of-a-family',
    what: `${prop} has two of one family`,
    given: given.map((each) => (isUnknown(each) ? 'a token, taken for IPv4' : each)).join(', '),
    allowed: 'one of IPv4, one of IPv6, or one of each',
  };
}

/** As a list. */
export function toList(given: string | readonly string[] | undefined): readonly string[] {
  if (given === undefined) return [];
  return typeof given === 'string' ? [given] : given;
}

/** IPv6 as the kernel prints it. */
export function toCanonicalNetwork(network: string): string {
  if (isUnknown(network) || !network.includes(':')) return network;
  const [address = '', length = ''] = network.split('/');
  return `${toCanonicalAddress(address)}/${length}`;
}
