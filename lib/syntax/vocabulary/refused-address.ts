// Why a word is no address: the same words for both families. Used by addresses.ts and addresses6.ts.
import type { Family } from '../../model/iptables';
import { refuse } from '../problem';

/** Of `given`, which stands where an address of the family should. */
export function refuseAddress(given: string, family: Family): never {
  const allowed = family === 'ipv4' ? '192.0.2.7 or 192.0.2.0/24' : '2001:db8::7 or 2001:db8::/64';
  const isName = /^[a-z]/i.test(given) && !given.includes(':');
  refuse(
    isName ? 'host-name' : 'bad-address',
    `${given === '' ? 'nothing' : given} is no ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address`,
    {
      allowed,
      fix: isName
        ? 'write the address: a name would mean what a resolver says that day'
        : 'write the address in full, without leading zeros',
    },
  );
}
