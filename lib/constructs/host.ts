// The construct Host: one Linux host that is reached over SSH, with all that is declared on it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Construct, IConstruct } from 'constructs';
import { PROVIDER_VERSION } from '../install/provider';
import type { Family } from '../model/iptables';
import { membersOf } from '../services/addresses';
import type { PodDetector } from '../services/service';
import { Claims } from './claims';
import type { Check } from './checks';
import { refuseAt } from './checks';
import { DeclaredParts } from './declared-parts';
import type { Attributes } from './framework';
import { HostBinding, escapeTemplate, isUnknown, toTemplate, whenSynthesized } from './framework';
import type { HostProps } from './host-props';
import { checkHostProps } from './host-props';
import { toLayout } from './host-layout';
import { HostServices } from './host-services';
import { LaidOutParts } from './laid-out-parts';
import { networkOf } from './networks';
import { checkPodsOfIpv6, podDetectorOf } from './pod-detector';
import { toProbesAttribute } from './probes';
import { toBastionAttribute } from './reach';

/**
 * A Linux host and what one owner (scope) declares on it: Terraform's resource `gatewright_host`. Services name the hosts
 * that they are laid out on; any other line is declared with `declare`.
 */
export class Host extends HostBinding {
  /** Where services and node ports register; for the constructs of this package. */
  readonly services: HostServices;
  /** Where other constructs lay out their parts; for the constructs of this package. */
  readonly laidOut: LaidOutParts;
  readonly #props: HostProps;
  readonly #isOfPod: ByFamily<(address: string) => boolean>;
  readonly #detectors: ByFamily<PodDetector>;
  readonly #claims = new Claims(this);
  readonly #parts = new DeclaredParts(this.#claims);
  #sorted: SortedParts | undefined;

  constructor(scope: Construct, id: string, props: HostProps) {
    super(scope, id, { provider: props.provider, version: PROVIDER_VERSION });
    refuseAt(this, checkHostProps(props));
    this.#props = props;
    this.#isOfPod = { ipv4: readPods(props, 'ipv4'), ipv6: readPods(props, 'ipv6') };
    this.#detectors = { ipv4: podDetectorOf(props, 'ipv4'), ipv6: podDetectorOf(props, 'ipv6') };
    this.services = new HostServices(toLayout(props), this.#claims);
    this.laidOut = new LaidOutParts(this.#parts, this.#claims);
    whenSynthesized(this, (folder) => {
      this.#writeParts(folder);
    });
  }

  /** A random name that the host is given at the first apply; known at apply. */
  get id(): string {
    return this.getStringAttribute('id');
  }

  /** The network of the host's pods of one family, where the host says so; for the constructs of this package. */
  podCidrOf(family: Family): string | undefined {
    return networkOf(this.#props.podCidr, family);
  }

  /** Whether the address is of the host's own pods; absent where that cannot be known. For the constructs of this package. */
  isOfPod(address: string, family: Family): boolean | undefined {
    const isOfPod = this.#isOfPod[family];
    return isOfPod === undefined || isUnknown(address) ? undefined : isOfPod(address);
  }

  /** How packets of pods are told from others; for the constructs of this package. */
  podsOf(family: Family): PodDetector | undefined {
    return this.#detectors[family];
  }

  /** Two scopes may have a Host each on one machine: it is reached by the same way, port and bastion included. */
  isSameMachine(other: Host): boolean {
    return this === other || this.#printWay() === other.#printWay();
  }

  /** What is wrong where packets of pods of IPv6 are to be told from others; for the constructs of this package. */
  checkPodsOfIpv6(): Check {
    return checkPodsOfIpv6(this.#props, this.node.path);
  }

  #printWay(): string {
    const { address, port, bastion, provider } = this.#props;
    return JSON.stringify([address, port, bastion, provider?.node.path]);
  }

  /**
   * Declares lines in the tools' own syntax, straight from a runbook: `iptables -t nat -A …`, `sysctl net.…=1`.
   * @param part the name by which plans show them; parts count in the order of their names, as files in sysctl.d do
   * @param lines a text, or one line each; `${…}` and `%{…}` in them are plain text, and tokens are resolved
   * @param declaredBy the construct that errors name
   */
  declare(part: string, lines: string | readonly string[], declaredBy: IConstruct = this): void {
    this.#parts.add(part, lines, declaredBy);
  }

  protected override readAttributes(): Attributes {
    const {
      address,
      port,
      user,
      hostKey,
      sudo,
      bastion,
      scope,
      chainPrefix,
      persist,
      lockTimeoutSeconds,
      confirmTimeoutSeconds,
      drainTimeoutSeconds,
      probes,
      managementCidrs,
      adopt,
      allowLockout,
    } = this.#props;
    return {
      address,
      port,
      user,
      host_key: hostKey,
      sudo,
      bastion: toBastionAttribute(bastion),
      scope,
      chain_prefix: chainPrefix,
      persist,
      lock_timeout_seconds: lockTimeoutSeconds,
      confirm_timeout_seconds: confirmTimeoutSeconds,
      drain_timeout_seconds: drainTimeoutSeconds,
      probes: toProbesAttribute(probes),
      management_cidrs: managementCidrs,
      adopt: isUnknown(adopt) ? adopt : adopt?.map(toTemplate),
      allow_lockout: allowLockout,
      parts: this.#printPartsExpression(),
    };
  }

  protected override readLocals(): Attributes {
    const { unknown } = this.#readParts();
    if (unknown.length === 0) return {};
    const templates = unknown.map(([part, text]) => [escapeTemplate(part), toTemplate(text)] as const);
    return { [this.#localName]: Object.fromEntries(templates) };
  }

  // Terraform reads each string of its JSON as a template, which takes most of the time of a large plan; a file it takes as it is.
  #printPartsExpression(): string {
    const known = `jsondecode(file("\${path.module}/${this.#partsFile}"))`;
    const { unknown } = this.#readParts();
    return unknown.length === 0 ? `\${${known}}` : `\${merge(${known}, local.${this.#localName})}`;
  }

  #writeParts(folder: string): void {
    const path = join(folder, this.#partsFile);
    const { known } = this.#readParts();
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(Object.fromEntries(known), undefined, 2)}\n`);
  }

  /** All that is declared by now, in the order in which parts count; laid out anew only when there is more. */
  #readParts(): SortedParts {
    if (this.#sorted?.claims !== this.#claims.count) {
      const all = new Map([...this.services.printParts(), ...this.#parts.texts]);
      const sorted = inByteOrder([...all]);
      const isOpen = ([, text]: PartText): boolean => isUnknown(text);
      this.#sorted = {
        claims: this.#claims.count,
        known: sorted.filter((part) => !isOpen(part)),
        unknown: sorted.filter(isOpen),
      };
    }
    return this.#sorted;
  }

  get #partsFile(): string {
    return `assets/${this.friendlyUniqueId}/parts.json`;
  }

  /** Holds the parts with tokens in them. */
  get #localName(): string {
    return `gatewright_parts_${this.friendlyUniqueId}`;
  }
}

/** By name, as parts count. */
function inByteOrder(parts: readonly PartText[]): readonly PartText[] {
  return parts
    .map((part) => ({ name: Buffer.from(part[0]), part }))
    .sort((a, b) => Buffer.compare(a.name, b.name))
    .map(({ part }) => part);
}

function readPods({ podCidr }: HostProps, family: Family): ((address: string) => boolean) | undefined {
  const network = networkOf(podCidr, family);
  return network === undefined || isUnknown(network) ? undefined : membersOf(network);
}

/** What is reckoned once, since each service asks; absent where the host does not say it. */
type ByFamily<T> = Readonly<Record<Family, T | undefined>>;

type PartText = readonly [name: string, text: string];

interface SortedParts {
  /** How much was declared when they were read. */
  readonly claims: number;
  readonly known: readonly PartText[];
  /** Those that hold tokens. */
  readonly unknown: readonly PartText[];
}
