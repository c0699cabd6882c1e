// What a plan tells of UDP clients whose real server goes, where IPVS would not give them another one. Used by plan-host.ts.
import type { DesiredState } from '../desired';
import { goingAlone } from '../draining';
import type { Note } from '../engine';
import type { Live } from '../live';

const EXPIRES = 'net.ipv4.vs.expire_nodest_conn';

/**
 * A client that goes on sending keeps its connection in IPVS, and conntrack(8) has no hand in that. With 1 the kernel ends it, and the
 * conntrack entry with it, at the client's next packet. Measured: docs/lab-notes/0310-conntrack-entries.md.
 */
export function udpNotes(desired: DesiredState, live: Live): readonly Note[] {
  const value = desired.sysctls.get(EXPIRES)?.declaration.value ?? live.sysctls.get(EXPIRES);
  if (value !== '0') return [];
  const going = goingAlone(desired, live).filter(
    ({ key, container = '' }) => key.startsWith('real-server -u ') && !isOnePacket(desired, container),
  );
  const [first] = going;
  if (first === undefined) return [];
  return [
    {
      summary: `Clients of ${going.length} UDP real servers that go are answered by nobody for a while: ${EXPIRES} is 0`,
      detail:
        `${first.line}\n` +
        'A client that goes on sending from one socket has its packets dropped until its connection times out (300 s, unless set by ' +
        `ipvsadm --set). Declare \`sysctl ${EXPIRES}=1\`: then its next packet goes to a real server that is left.`,
    },
  ];
}

/** Each packet is scheduled anew. */
function isOnePacket({ entries }: DesiredState, key: string): boolean {
  const declaration = entries.get(key)?.declaration;
  return declaration?.kind === 'virtual-server' && declaration.onePacket === true;
}
