// The shell functions of all subsystems and of both iptables, for every program on a host. One file per subsystem beside this one.
import { IP_SHELL } from './ip';
import { IPSET_SHELL } from './ipset';
import { IPVS_SHELL } from './ipvs';
import { IPTABLES_SHELL } from './iptables';

/**
 * `whole FILE TOOL …`: tools exit with 0 where a full disk cuts what they write, so a line is written behind it, which then fails.
 * Measured: docs/lab-notes/0280-readings-that-lie.md.
 */
const WHOLE = `
whole() { written=$1; shift; { "$@" && echo '# whole'; } > "$written"; }
`;

/** For NAME of ip, ipset, ipvs, ipv4, ipv6: `run_NAME FILE`, `undo_NAME FILE`, `prepare_NAME`, `prove_NAME FILE`, `save_NAME`. */
export const SUBSYSTEM_SHELL = `${WHOLE}${IP_SHELL}${IPSET_SHELL}${IPVS_SHELL}${IPTABLES_SHELL}`;
