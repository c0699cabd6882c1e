// What a virtual server and its real servers mean in the terms of ipvsadm(8); used by the constructs VirtualServer and FullNatVip.
import type { Declaration } from '../model/declaration';
import type { Family } from '../model/iptables';
import type { ForwardMethod, Scheduler, SchedulerFlag, VirtualServerAddress } from '../model/ipvs';
import { SCHEDULER_FLAGS } from '../model/ipvs';
import { bindAlone, familyOf } from './addresses';
import type { LaidOut } from './shared-parts';
import { forwarding } from './shared-parts';

/** A virtual server with its real servers. */
export interface VirtualServer {
  readonly server: VirtualServerAddress;
  readonly scheduler: Scheduler;
  readonly schedulerFlags?: readonly SchedulerFlag[];
  readonly persistenceTimeoutSeconds?: number;
  /** In any order. */
  readonly realServers: readonly RealServer[];
}

/** Where a virtual server sends to. */
export interface RealServer {
  readonly address: string;
  readonly port: number;
  readonly forward: ForwardMethod;
  readonly weight: number;
  /** 0: none. */
  readonly upperThreshold?: number;
  readonly lowerThreshold?: number;
}

/** A virtual server on its host; `bindTo` is the device that has its address, where we give it one. */
export function layOutVirtualServer(virtual: VirtualServer, bindTo?: string): LaidOut {
  const { server, realServers } = virtual;
  const translated = realServers.filter(({ forward, address }) => forward === 'nat' && !isLoopback(address));
  const forwards = new Set(translated.map(familyOfServer));
  const bound = bindTo !== undefined && server.by === 'address' ? [bindAlone(server.address, bindTo)] : [];
  return {
    // Answers of real servers elsewhere by nat pass through the host; by the other methods they do not.
    shared: [...forwards].toSorted().map(forwarding),
    declarations: [...bound, ...declareVirtualServer(virtual)],
  };
}

/** `ipvsadm -A` and one `ipvsadm -a` for each real server, in the order of their addresses. */
export function declareVirtualServer({
  server,
  realServers,
  ...virtual
}: VirtualServer): readonly Declaration[] {
  const { scheduler, schedulerFlags = [], persistenceTimeoutSeconds } = virtual;
  const sorted = realServers.toSorted((a, b) => (printServer(a) < printServer(b) ? -1 : 1));
  return [
    {
      kind: 'virtual-server',
      server,
      scheduler,
      schedulerFlags: SCHEDULER_FLAGS.filter((flag) => schedulerFlags.includes(flag)),
      ...(persistenceTimeoutSeconds === undefined ? {} : { persistenceTimeoutSeconds }),
    },
    ...sorted.map(({ upperThreshold = 0, lowerThreshold = 0, ...real }): Declaration => ({
      kind: 'real-server',
      server,
      family: familyOfServer(real),
      ...real,
      upperThreshold,
      lowerThreshold,
    })),
  ];
}

/** On the host itself, where nothing is forwarded. */
function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function familyOfServer({ address }: { readonly address: string }): Family {
  return familyOf(address);
}

function printServer({ address, port }: RealServer): string {
  return `${address} ${port}`;
}
