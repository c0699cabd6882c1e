// Where services, node ports and load balancers register on a host; they become parts when the host is synthesised.
import type { IConstruct } from 'constructs';
import type { Parts } from '../model/declaration';
import type { HostedServices, LoadBalancer, NodePort } from '../services/hosted-services';
import {
  IPTABLES_PARTS,
  IPVS_SERVICES_PART,
  loadBalancerPart,
  nodePortPart,
  servicePart,
} from '../services/hosted-services';
import { IPVS_MODE_SYSCTLS } from '../services/ipvs-mode/lay-out';
import { setNames } from '../services/ipvs-mode/names';
import { layOut } from '../services/lay-out';
import type { InternalMasquerade, Service, ServiceLayout } from '../services/service';
import { forwarding } from '../services/shared-parts';
import { refuseAt } from './checks';
import type { Claims } from './claims';
import { concealHosted } from './conceal-hosted';
import { isUnknown } from './framework';
import { printLines } from './laid-out-parts';
import { Placeholders } from './placeholders';
import { checkAgrees } from './service-agreement';

/** What the services of a host share, and where the host's names are taken. */
export interface HostServicesSettings {
  readonly layout: ServiceLayout;
  /** How packets of pods are told from others on this host. */
  readonly internalMasquerade: InternalMasquerade;
  readonly claims: Claims;
}

/** The services of one host, with their node ports and load balancers. */
export class HostServices {
  readonly layout: ServiceLayout;
  readonly internalMasquerade: InternalMasquerade;
  readonly #claims: Claims;
  readonly #services: Service[] = [];
  readonly #nodePorts: NodePort[] = [];
  readonly #loadBalancers: LoadBalancer[] = [];

  constructor({ layout, internalMasquerade, claims }: HostServicesSettings) {
    this.layout = layout;
    this.internalMasquerade = internalMasquerade;
    this.#claims = claims;
  }

  addService(service: Service, declaredBy: IConstruct): void {
    const { name, clusterIp, port, protocol } = service;
    refuseAt(declaredBy.node.path, [checkAgrees(service, this.#services[0])]);
    this.#claims.claim(`service ${name}`, declaredBy);
    if (!isUnknown(clusterIp)) this.#claims.claim(`cluster IP ${clusterIp}:${port}/${protocol}`, declaredBy);
    if (service.ipvs === undefined) {
      this.#shareParts([forwarding('ipv4').name, IPTABLES_PARTS.services], declaredBy);
    } else {
      this.#shareParts([...IPVS_MODE_SYSCTLS.map((part) => part.name), IPVS_SERVICES_PART], declaredBy);
      this.#claimInKernel(service, [clusterIp], declaredBy);
    }
    this.#claims.claimPart(servicePart(service), declaredBy);
    this.#services.push(service);
  }

  /** The service is registered already. */
  addNodePort(nodePort: NodePort, declaredBy: IConstruct): void {
    const { service, port } = nodePort;
    this.#claims.claim(`node port ${port}/${service.protocol}`, declaredBy);
    this.#claims.claim(`the node port of service ${service.name}`, declaredBy);
    if (service.ipvs === undefined) {
      const { externalServices, nodePorts } = IPTABLES_PARTS;
      this.#shareParts([externalServices, ...Object.values(nodePorts)], declaredBy);
    } else {
      this.#claimInKernel({ ...service, port }, this.layout.nodeAddresses ?? [], declaredBy);
    }
    this.#claims.claimPart(nodePortPart(service), declaredBy);
    this.#nodePorts.push(nodePort);
  }

  /** The service is registered already. */
  addLoadBalancer(balancer: LoadBalancer, declaredBy: IConstruct): void {
    const { service, addresses, sourceRanges } = balancer;
    const { port, protocol, name } = service;
    for (const address of addresses.filter((each) => !isUnknown(each)))
      this.#claims.claim(`load balancer address ${address}:${port}/${protocol}`, declaredBy);
    this.#claims.claim(`the load balancer of service ${name}`, declaredBy);
    if (service.ipvs === undefined) {
      const { externalServices, firewall } = IPTABLES_PARTS;
      this.#shareParts([externalServices, ...(sourceRanges.length > 0 ? [firewall] : [])], declaredBy);
    } else {
      this.#claimInKernel(service, addresses, declaredBy);
    }
    this.#claims.claimPart(loadBalancerPart(service), declaredBy);
    this.#loadBalancers.push(balancer);
  }

  /** The lines of all that is registered by now. */
  printParts(): Parts {
    const placeholders = new Placeholders();
    const hosted: HostedServices = {
      layout: this.layout,
      services: this.#services,
      nodePorts: this.#nodePorts,
      loadBalancers: this.#loadBalancers,
    };
    const parts = layOut(concealHosted(hosted, (value) => placeholders.conceal(value)));
    return Object.fromEntries(
      [...parts].map(([part, declarations]) => [part, placeholders.reveal(printLines(declarations))]),
    );
  }

  #shareParts(parts: readonly string[], declaredBy: IConstruct): void {
    for (const part of parts) this.#claims.sharePart(part, declaredBy);
  }

  /** In IPVS mode: the virtual servers, and once for all services the sets. */
  #claimInKernel(
    { port, protocol }: Pick<Service, 'port' | 'protocol'>,
    addresses: readonly string[],
    declaredBy: IConstruct,
  ): void {
    const sets = setNames(this.layout.chainPrefix);
    const shared = [
      sets.clusterIp,
      sets.loopBack,
      sets.ipvsIps,
      sets.loadBalancer,
      sets.ofNodePorts(protocol),
    ];
    for (const set of shared) this.#claims.share(`set ${set}`, declaredBy);
    for (const address of addresses) this.#claims.claimServer({ address, port, protocol }, declaredBy);
  }
}
