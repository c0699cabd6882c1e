// Where services, node ports and load balancers register on a host; they become parts when the host is synthesised.
import type { IConstruct } from 'constructs';
import type { Family } from '../model/iptables';
import {
  IPTABLES_PARTS,
  IPVS_SERVICES_PART,
  loadBalancerPart,
  nodePortPart,
  servicePart,
} from '../services/hosted-services';
import { ipvsModeSysctls } from '../services/ipvs-mode/lay-out';
import { setNames } from '../services/ipvs-mode/names';
import { ipvsNodePortAddresses } from '../services/ipvs-mode/service';
import { layOutByPart } from '../services/lay-out';
import type { LoadBalancer, Protocol, Service, ServiceLayout, TrafficPolicy } from '../services/service';
import { printEndpoint } from '../services/service';
import { forwarding } from '../services/shared-parts';
import { givenFamily } from './address-checks';
import { refuseAt } from './checks';
import type { Claims } from './claims';
import { concealHosted } from './conceal-hosted';
import { isUnknown } from './framework';
import { printLines } from './laid-out-parts';
import { Placeholders } from './placeholders';
import { checkAgrees } from './service-agreement';

/** A service as one construct declares it: once for each of its families. */
export interface AddedService {
  readonly services: readonly Service[];
  /** Of external traffic, where the construct says it. */
  readonly policy: TrafficPolicy | undefined;
}

/** What a NodePortService says of the service of that name. */
export interface AddedNodePort {
  readonly service: string;
  readonly port: number;
  readonly policy: TrafficPolicy | undefined;
  /** Of all node ports of the host. */
  readonly opened: Pick<ServiceLayout, 'nodePortAddresses' | 'localhostNodePorts'>;
}

/** What a LoadBalancerService says of the service of that name, both families together. */
export interface AddedLoadBalancer {
  readonly service: string;
  readonly policy: TrafficPolicy | undefined;
  readonly balancer: LoadBalancer;
}

/** The services of one host, with their node ports and load balancers. */
export class HostServices {
  #layout: ServiceLayout;
  readonly #claims: Claims;
  #services: Service[] = [];

  constructor(layout: ServiceLayout, claims: Claims) {
    this.#layout = layout;
    this.#claims = claims;
  }

  /** What the services of the host have in common. */
  get layout(): ServiceLayout {
    return this.#layout;
  }

  addService({ services, policy }: AddedService, declaredBy: IConstruct): void {
    const [one] = services;
    if (one === undefined) return;
    for (const service of services) {
      const first = this.#services.find(({ family }) => family === service.family) ?? this.#services[0];
      refuseAt(declaredBy, [checkAgrees(service, first)]);
    }
    this.#claims.claim(`service ${one.name}`, declaredBy);
    for (const service of services) this.#claimService(service, declaredBy);
    this.#claims.claimPart(servicePart(one), declaredBy);
    this.#services.push(...services);
    this.#agree(one.name, policy, declaredBy);
  }

  /** The service is registered already. */
  addNodePort({ service: name, port, policy, opened }: AddedNodePort, declaredBy: IConstruct): void {
    const services = this.#named(name);
    const { nodePortAddresses, localhostNodePorts } = opened;
    for (const [what, value] of Object.entries({ nodePortAddresses, localhostNodePorts }))
      this.#claims.agree(`${what} of all node ports`, String(value) || 'none', declaredBy);
    this.#layout = { ...this.#layout, ...opened };
    for (const protocol of new Set(services.map((service) => service.protocol)))
      this.#claims.claim(`node port ${port}/${protocol}`, declaredBy);
    this.#claims.claim(`the node port of service ${name}`, declaredBy);
    for (const service of services) this.#claimNodePort({ ...service, nodePort: port }, declaredBy);
    this.#claims.claimPart(nodePortPart({ name }), declaredBy);
    this.#change(name, (service) => ({ ...service, nodePort: port }));
    this.#agree(name, policy, declaredBy);
  }

  /** The service is registered already. */
  addLoadBalancer({ service: name, policy, balancer }: AddedLoadBalancer, declaredBy: IConstruct): void {
    const { healthCheckNodePort: check } = balancer;
    this.#claims.claim(`the load balancer of service ${name}`, declaredBy);
    if (check !== undefined) this.#claims.claim(`node port ${check}/tcp`, declaredBy);
    this.#change(name, (service) => ({ ...service, loadBalancer: ofFamily(balancer, service.family) }));
    for (const service of this.#named(name)) this.#claimLoadBalancer(service, declaredBy);
    this.#claims.claimPart(loadBalancerPart({ name }), declaredBy);
    this.#agree(name, policy, declaredBy);
  }

  /** The lines of all that is registered by now. */
  printParts(): ReadonlyMap<string, string> {
    const placeholders = new Placeholders();
    const hosted = { layout: this.#layout, services: this.#services };
    const concealed = concealHosted(hosted, (value) => placeholders.conceal(value));
    const parts = new Map<string, string>();
    for (const [part, declarations] of layOutByPart(concealed))
      parts.set(part, placeholders.reveal(printLines(declarations)));
    return parts;
  }

  /** A service has one policy for all that comes from outside, whichever construct says it. */
  #agree(name: string, policy: TrafficPolicy | undefined, declaredBy: IConstruct): void {
    if (policy === undefined) return;
    this.#claims.agree(`externalTrafficPolicy of service ${name}`, policy, declaredBy);
    this.#change(name, (service) => ({ ...service, externalTrafficPolicy: policy }));
  }

  #named(name: string): readonly Service[] {
    return this.#services.filter((service) => service.name === name);
  }

  #change(name: string, change: (service: Service) => Service): void {
    this.#services = this.#services.map((service) => (service.name === name ? change(service) : service));
  }

  #claimService(service: Service, declaredBy: IConstruct): void {
    const { clusterIp, externalIps, family, ipvs } = service;
    for (const address of [clusterIp, ...externalIps]) this.#claimAddress(address, service, declaredBy);
    if (ipvs !== undefined) {
      this.#shareParts([...ipvsModeSysctls(family).map(({ name }) => name), IPVS_SERVICES_PART], declaredBy);
      this.#claimInKernel(service, [clusterIp, ...externalIps], declaredBy);
      return;
    }
    this.#shareParts([forwarding(family).name, IPTABLES_PARTS.services], declaredBy);
    if (externalIps.length > 0) this.#shareParts([IPTABLES_PARTS.externalServices], declaredBy);
  }

  #claimNodePort(service: Service, declaredBy: IConstruct): void {
    if (service.ipvs !== undefined) {
      const port = service.nodePort ?? service.port;
      this.#claimInKernel({ ...service, port }, ipvsNodePortAddresses(service, this.#layout), declaredBy);
      return;
    }
    const { externalServices, nodePorts, localhost } = IPTABLES_PARTS;
    const ofLocalhost = this.#layout.localhostNodePorts && service.family === 'ipv4' ? [localhost] : [];
    this.#shareParts([externalServices, ...Object.values(nodePorts), ...ofLocalhost], declaredBy);
  }

  #claimLoadBalancer(service: Service, declaredBy: IConstruct): void {
    const { loadBalancer, ipvs } = service;
    if (loadBalancer === undefined) return;
    const { addresses, sourceRanges, healthCheckNodePort } = loadBalancer;
    for (const address of addresses) this.#claimAddress(address, service, declaredBy);
    if (ipvs !== undefined) {
      this.#claimInKernel(service, addresses, declaredBy);
      return;
    }
    const { externalServices, firewall, healthChecks } = IPTABLES_PARTS;
    this.#shareParts(
      [
        externalServices,
        ...(sourceRanges.length > 0 ? [firewall] : []),
        ...(healthCheckNodePort === undefined ? [] : [healthChecks]),
      ],
      declaredBy,
    );
  }

  #shareParts(parts: readonly string[], declaredBy: IConstruct): void {
    for (const part of parts) this.#claims.sharePart(part, declaredBy);
  }

  /** An address that is not known yet cannot be compared. */
  #claimAddress(address: string, { port, protocol }: Service, declaredBy: IConstruct): void {
    if (isUnknown(address)) return;
    this.#claims.claim(`service address ${printEndpoint({ address, port })}/${protocol}`, declaredBy);
  }

  /** In IPVS mode: the virtual servers, and once for all services the sets. */
  #claimInKernel(
    { port, protocol, family }: Pick<Service, 'port' | 'protocol' | 'family'>,
    addresses: readonly string[],
    declaredBy: IConstruct,
  ): void {
    for (const set of sharedSets(this.#layout.chainPrefix, family, protocol))
      this.#claims.share(`set ${set}`, declaredBy);
    for (const address of addresses) this.#claims.claimServer({ address, port, protocol }, declaredBy);
  }
}

function sharedSets(prefix: string, family: Family, protocol: Protocol): readonly string[] {
  const { ofNodePorts, ...named } = setNames(prefix, family);
  return [...Object.values(named), ofNodePorts(protocol, 'Cluster'), ofNodePorts(protocol, 'Local')];
}

function ofFamily(balancer: LoadBalancer, family: Family): LoadBalancer {
  const isOf = (address: string): boolean => givenFamily(address) === family;
  return {
    ...balancer,
    addresses: balancer.addresses.filter(isOf),
    sourceRanges: balancer.sourceRanges.filter(isOf),
  };
}
