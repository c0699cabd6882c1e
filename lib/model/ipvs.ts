// Virtual servers and real servers in the terms of ipvsadm(8) and LVS.
import type { Family } from './iptables';

/** What a virtual server by address listens for. */
export type VirtualProtocol = 'tcp' | 'udp' | 'sctp';

/** What tells a virtual server from every other on a host. */
export type VirtualServerAddress =
  | {
      readonly by: 'address';
      readonly family: Family;
      readonly protocol: VirtualProtocol;
      /** IPv6 compressed. */
      readonly address: string;
      /** 0 with persistence only: every port. */
      readonly port: number;
    }
  | { readonly by: 'firewall-mark'; readonly family: Family; readonly mark: number };

/** The schedulers as the kernel names them. */
export const SCHEDULERS = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'lblc',
  'lblcr',
  'dh',
  'sh',
  'sed',
  'nq',
  'fo',
  'ovf',
  'mh',
  'twos',
] as const;
/** One of them; the kernel module is `ip_vs_` and the name. */
export type Scheduler = (typeof SCHEDULERS)[number];

/** What ipvsadm takes where no scheduler is said. */
export const DEFAULT_SCHEDULER: Scheduler = 'wlc';

/** The largest weight and threshold that ipvsadm takes. */
export const MAX_WEIGHT = 2147483647;

/** What `-p` means where no timeout is said, and the longest that ipvsadm takes (31 days), in seconds. */
export const DEFAULT_PERSISTENCE_SECONDS = 360;
/** See above. */
export const MAX_PERSISTENCE_SECONDS = 2678400;

/** `-b`, in the order in which ipvsadm prints them. The first two are of sh, the next of mh; the others of any scheduler but these. */
export const SCHEDULER_FLAGS = [
  'sh-fallback',
  'sh-port',
  'mh-fallback',
  'mh-port',
  'flag-1',
  'flag-2',
  'flag-3',
] as const;
/** One of them. */
export type SchedulerFlag = (typeof SCHEDULER_FLAGS)[number];

/** `ipvsadm -A`. */
export interface VirtualServerDeclaration {
  readonly kind: 'virtual-server';
  readonly server: VirtualServerAddress;
  readonly scheduler: Scheduler;
  /** In the order in which ipvsadm prints them. */
  readonly schedulerFlags: readonly SchedulerFlag[];
  /** `-p`: seconds during which a client keeps its real server. */
  readonly persistenceTimeoutSeconds?: number;
  /** `-M`: with persistence, which clients count as one: an IPv4 netmask, or an IPv6 prefix length. */
  readonly granularity?: string;
  /** `--pe`. */
  readonly engine?: 'sip';
  /** `-o`: UDP only, each packet is scheduled by itself. */
  readonly onePacket?: boolean;
}

/** Packet-forwarding methods: `-m`, `-g`, `-i`. */
export type ForwardMethod = 'nat' | 'dr' | 'tunnel';

/** How a tunnel wraps packets; absent is `ipip`. */
export interface TunnelType {
  readonly type: 'ipip' | 'gre' | 'gue';
  /** `gue` only. */
  readonly port?: number;
  /** Absent: the kernel's default, none. */
  readonly checksum?: 'csum' | 'remcsum';
}

/** `ipvsadm -a`. */
export interface RealServerDeclaration {
  readonly kind: 'real-server';
  readonly server: VirtualServerAddress;
  readonly family: Family;
  readonly address: string;
  readonly port: number;
  readonly forward: ForwardMethod;
  readonly tunnel?: TunnelType;
  /** 0 is quiescent: no new connections. */
  readonly weight: number;
  /** `-x`: connections above which it gets no new ones; 0 is none. */
  readonly upperThreshold: number;
  /** `-y`: connections below which it gets new ones again; 0 is the kernel's own choice. */
  readonly lowerThreshold: number;
}
