// Routes as far as a packet's device hangs on them: the longest prefix leads. Used by surroundings.ts.
import { ANY_ADDRESS, isWithin, parseAddresses, prefixLength } from './addresses';
import type { Surroundings } from './rule-set';
import { SOME_DEVICE } from './packet';

/** A network and the device by which it is reached. */
export interface Connected {
  /** `10.0.0.0/24`, also by one of its addresses, or `default`. */
  readonly network: string;
  readonly device: string;
}

/** Nowhere, where no route leads; by a device that is not known, where one leads for a part of the packet's addresses. */
export function routesOf(table: readonly Connected[]): NonNullable<Surroundings['routeOf']> {
  return ({ destination, family }) => {
    const ways = table
      .flatMap(({ network, device }) => {
        const addresses = network === 'default' ? ANY_ADDRESS : parseAddresses(network, family);
        return addresses === undefined ? [] : [{ device, addresses }];
      })
      .sort((one, other) => prefixLength(other.addresses) - prefixLength(one.addresses));
    for (const { device, addresses } of ways) {
      const answer = isWithin(destination, addresses);
      if (answer === 'unknown') return { kind: 'device', device: SOME_DEVICE };
      if (answer === 'yes') return { kind: 'device', device: { kind: 'named', name: device } };
    }
    return { kind: 'none' };
  };
}
