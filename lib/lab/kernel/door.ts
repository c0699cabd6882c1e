// The way of the lab into a kernel host that nothing in the host can cut: its management link. Used by start-kernel.ts and lab.ts.
import type { ProcessIdentity } from '../process-identity';
import { ipBatch } from '../wire';
import { EXEC_PORT } from './guest-door';

/** Where the lab finds a kernel host's door. */
export interface Door {
  /** In the lab's switch, and on the host's side of the cable, as UML takes hold of it. */
  readonly port: string;
  readonly plug: string;
  /** Of the host on its management link. */
  readonly address: string;
  readonly mac: string;
}

/** Link-local addresses: no lab file's network has a use for them between hosts. */
export const LAB_ADDRESS = '169.254.0.1';
export const DOOR_DEVICE = 'lab-door';

/** `number`: among the lab's hosts, from 0. */
export function doorOf(number: number): Door {
  const rest = number + 2;
  return {
    port: `door.${number}`,
    plug: `lock.${number}`,
    address: `169.254.${Math.floor(rest / 256)}.${rest % 256}`,
    mac: macAddress(number, 255),
  };
}

/** Fixed, and never a real card's: the second bit marks what was not given by a maker. */
export function macAddress(host: number, link: number): string {
  const bytes = [0x02, 0x6c, 0x62, host >> 8, host & 255, link];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** A cable of its own for each host, that no bridge has: nobody but the lab is at its other end. */
export async function wireDoor(
  switchProcess: ProcessIdentity,
  { port, plug, address, mac }: Door,
): Promise<void> {
  const lines = [
    `link add name ${port} type veth peer name ${plug}`,
    `link set ${plug} arp off up`,
    `link set ${port} up`,
    `addr add ${LAB_ADDRESS} peer ${address} dev ${port}`,
    // Known beforehand, so that knocking at a host that is still booting is not taken for a host that is gone.
    `neigh replace ${address} lladdr ${mac} dev ${port} nud permanent`,
  ];
  await ipBatch(switchProcess, [], lines);
}

/** A client of the door, which waits for a host that is booting, and which ends with the lab. */
export function throughDoor(
  { program, switchProcess }: { program: string; switchProcess: ProcessIdentity },
  address: string,
  argv: readonly string[],
): string[] {
  const into = ['nsenter', '--target', String(switchProcess.pid), '--net', '--pid', '--'];
  return [...into, process.execPath, program, address, String(EXEC_PORT), ...argv];
}
