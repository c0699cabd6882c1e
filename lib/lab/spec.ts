// What a lab consists of: the file as it is written (LabFile) and as it is checked (LabSpec). Used all over lib/lab.

/** The content of a lab's file, as a person or a test writes it; `readSpec` checks it. */
export interface LabFile {
  /**
   * The networks: Ethernet segments without uplink.
   * @default - those that links name; where given, a link may name no other
   */
  readonly networks?: Readonly<Record<string, NetworkFile>>;
  readonly hosts: Readonly<Record<string, HostFile>>;
}

export interface NetworkFile {
  /**
   * The lab's own address in this network (`192.168.1.1/24`). SSH to hosts of the network then comes from it and enters
   * by the host's own link, through all of the host's netfilter.
   * @default - none: SSH comes from the host's own 127.0.0.1
   */
  readonly operator?: string;
}

export interface HostFile {
  /** `namespace`: with OpenSSH. `bare`: without (pods, clients). `kernel`: a Debian with systemd and a kernel of its own. */
  readonly kind: HostKind;
  readonly links: Readonly<Record<string, LinkFile>>;
  /** Words of `ip route add`. @default - none */
  readonly routes?: readonly string[];
  /** Servers that answer with the host's name and the address that asked. @default - none */
  readonly serve?: readonly ServerSpec[];
  /** `net.…` keys. @default - the kernel's own values */
  readonly sysctls?: Readonly<Record<string, string | number>>;
  /** Which iptables the host has; a kernel host has only `legacy`. @default - the machine's choice */
  readonly iptables?: IptablesBackend;
  /**
   * Who sets up addresses and routes at a kernel host's boot: one of Debian's network services, with its own files and at its
   * own place in the boot, or a unit of the lab. @default lab
   */
  readonly network?: NetworkService;
  /** Debian packages that a kernel host has beside its usual ones; their services start at boot. @default - none */
  readonly packages?: readonly string[];
  /** Texts of files that are there before the host starts anything, by absolute path. @default - none */
  readonly files?: Readonly<Record<string, string>>;
  /** Programs that the host lacks; `iptables` also hides `iptables-save` and its like. @default - none */
  readonly without?: readonly string[];
  /** Accounts beside root. @default - none */
  readonly users?: readonly UserFile[];
}

export interface LinkFile {
  readonly network: string;
  /** @default - none */
  readonly addresses?: readonly string[];
}

export interface UserFile {
  readonly name: string;
  /** Also lets the account log in by password. @default - none */
  readonly password?: string;
  /** @default - no right to use sudo */
  readonly sudo?: SudoRight;
  /** Whether the lab's key opens the account. @default true */
  readonly key?: boolean;
}

export const HOST_KINDS = ['namespace', 'bare', 'kernel'] as const;
export type HostKind = (typeof HOST_KINDS)[number];

export const IPTABLES_BACKENDS = ['nft', 'legacy'] as const;
export type IptablesBackend = (typeof IPTABLES_BACKENDS)[number];

export const NETWORK_SERVICES = ['lab', 'systemd-networkd', 'ifupdown'] as const;
export type NetworkService = (typeof NETWORK_SERVICES)[number];

export const SUDO_RIGHTS = ['nopasswd', 'password'] as const;
export type SudoRight = (typeof SUDO_RIGHTS)[number];

export const SERVER_PROTOCOLS = ['tcp', 'udp'] as const;

export interface ServerSpec {
  readonly port: number;
  /** `tcp`: HTTP. `udp`: one datagram back for each that came. */
  readonly protocol: (typeof SERVER_PROTOCOLS)[number];
}

/** A checked lab. */
export interface LabSpec {
  readonly networks: readonly NetworkSpec[];
  readonly hosts: readonly HostSpec[];
}

export interface NetworkSpec {
  readonly name: string;
  readonly operator?: InterfaceAddress;
}

export interface HostSpec {
  readonly name: string;
  readonly kind: HostKind;
  readonly links: readonly LinkSpec[];
  readonly routes: readonly RouteSpec[];
  readonly serve: readonly ServerSpec[];
  readonly sysctls: readonly SysctlSpec[];
  readonly iptables?: IptablesBackend;
  readonly network: NetworkService;
  readonly packages: readonly string[];
  readonly files: readonly FileSpec[];
  readonly without: readonly string[];
  readonly users: readonly UserSpec[];
}

export interface LinkSpec {
  readonly device: string;
  readonly network: string;
  readonly addresses: readonly InterfaceAddress[];
}

/** An address with the length of its network's prefix, as `ip addr add` takes it. */
export interface InterfaceAddress {
  readonly family: 'ipv4' | 'ipv6';
  readonly address: string;
  readonly prefixLength: number;
}

/** Checked words of `ip route add`. */
export interface RouteSpec {
  readonly family: 'ipv4' | 'ipv6';
  readonly words: readonly string[];
}

export interface SysctlSpec {
  readonly key: string;
  readonly value: string;
}

export interface FileSpec {
  readonly path: string;
  readonly text: string;
}

export interface UserSpec {
  readonly name: string;
  readonly password?: string;
  readonly sudo?: SudoRight;
  readonly key: boolean;
}
