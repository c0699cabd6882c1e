// Protocols by number, as matches take and print them that know no names; used by the files of services.
import type { Protocol } from './service';

/** As in `--vproto` and `--ctproto`. */
export const PROTOCOL_NUMBERS: Readonly<Record<Protocol, number>> = { tcp: 6, udp: 17, sctp: 132 };
