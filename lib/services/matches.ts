// Matches on what IPVS and conntrack know of a connection, with options in the order in which iptables-save prints them.
import type { Match } from '../model/rule';
import type { Protocol } from './service';

/** A protocol, an address and a port. */
export interface Destination {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
}

/** As `--vproto` and `--ctproto` take and print them. */
const PROTOCOL_NUMBERS: Readonly<Record<Protocol, number>> = { tcp: 6, udp: 17, sctp: 132 };

/** `-m ipvs`: of a connection that IPVS has for this virtual server; `MASQ`: by forward method nat. */
export function isToVirtualServer({ protocol, address, port }: Destination, method?: 'MASQ'): Match {
  return {
    kind: 'module',
    module: 'ipvs',
    options: [
      { name: '--vproto', values: [`${PROTOCOL_NUMBERS[protocol]}`] },
      { name: '--vaddr', values: [address] },
      { name: '--vport', values: [`${port}`] },
      ...(method === undefined ? [] : [{ name: '--vmethod', values: [method] }]),
    ],
  };
}

/** `-m conntrack`: of a connection in one of the states that began for this destination. */
export function isOfConnectionFor({ protocol, address, port }: Destination, states: string): Match {
  return isOfConnection(states, protocol, [
    { name: '--ctorigdst', values: [address] },
    { name: '--ctorigdstport', values: [`${port}`] },
  ]);
}

/** `-m conntrack`: of a connection in one of the states that this destination answers, wherever it began for. */
export function isOfConnectionAnsweredBy({ protocol, address, port }: Destination, states: string): Match {
  return isOfConnection(states, protocol, [
    { name: '--ctreplsrc', values: [address] },
    { name: '--ctreplsrcport', values: [`${port}`] },
  ]);
}

type Options = Extract<Match, { kind: 'module' }>['options'];

function isOfConnection(states: string, protocol: Protocol, ends: Options): Match {
  return {
    kind: 'module',
    module: 'conntrack',
    options: [
      { name: '--ctstate', values: [states] },
      { name: '--ctproto', values: [`${PROTOCOL_NUMBERS[protocol]}`] },
      ...ends,
    ],
  };
}
