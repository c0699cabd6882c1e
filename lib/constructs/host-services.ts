// Where services and node ports register on a host; they become parts when the host is synthesised.
import type { IConstruct } from 'constructs';
import type { Parts } from '../model/declaration';
import type { HostedServices, NodePort } from '../services/lay-out';
import { SHARED_PARTS, layOut, nodePortPart, servicePart } from '../services/lay-out';
import type { InternalMasquerade, Service, ServiceLayout } from '../services/service';
import { forwarding } from '../services/shared-parts';
import type { Claims } from './claims';
import { isUnknown } from './framework';
import { printLines } from './laid-out-parts';
import { Placeholders } from './placeholders';

/** What the services of a host share, and where the host's names are taken. */
export interface HostServicesSettings {
  readonly layout: ServiceLayout;
  /** How packets of pods are told from others on this host. */
  readonly internalMasquerade: InternalMasquerade;
  readonly claims: Claims;
}

/** The services and node ports of one host. */
export class HostServices {
  readonly layout: ServiceLayout;
  readonly internalMasquerade: InternalMasquerade;
  readonly #claims: Claims;
  readonly #services: Service[] = [];
  readonly #nodePorts: NodePort[] = [];

  constructor({ layout, internalMasquerade, claims }: HostServicesSettings) {
    this.layout = layout;
    this.internalMasquerade = internalMasquerade;
    this.#claims = claims;
  }

  addService(service: Service, declaredBy: IConstruct): void {
    const { name, clusterIp, port, protocol } = service;
    this.#claims.claim(`service ${name}`, declaredBy);
    if (!isUnknown(clusterIp)) this.#claims.claim(`cluster IP ${clusterIp}:${port}/${protocol}`, declaredBy);
    this.#claims.sharePart(forwarding('ipv4').name, declaredBy);
    this.#claims.sharePart(SHARED_PARTS.services, declaredBy);
    this.#claims.claimPart(servicePart(service), declaredBy);
    this.#services.push(service);
  }

  /** The service is registered already. */
  addNodePort(nodePort: NodePort, declaredBy: IConstruct): void {
    this.#claims.claim(`node port ${nodePort.port}/${nodePort.service.protocol}`, declaredBy);
    this.#claims.claim(`the node port of service ${nodePort.service.name}`, declaredBy);
    for (const part of Object.values(SHARED_PARTS.nodePorts)) this.#claims.sharePart(part, declaredBy);
    this.#claims.claimPart(nodePortPart(nodePort.service), declaredBy);
    this.#nodePorts.push(nodePort);
  }

  /** The lines of all that is registered by now. */
  printParts(): Parts {
    const placeholders = new Placeholders();
    const concealed = this.#conceal(placeholders);
    return Object.fromEntries(
      [...layOut(concealed)].map(([part, declarations]) => [
        part,
        placeholders.reveal(printLines(declarations)),
      ]),
    );
  }

  #conceal(placeholders: Placeholders): HostedServices {
    return {
      layout: this.layout,
      services: this.#services.map((service) => conceal(service, placeholders)),
      nodePorts: this.#nodePorts.map(({ service, port }) => ({
        service: conceal(service, placeholders),
        port,
      })),
    };
  }
}

function conceal(service: Service, placeholders: Placeholders): Service {
  const { internalMasquerade: masquerade } = service;
  return {
    ...service,
    clusterIp: placeholders.conceal(service.clusterIp),
    endpoints: service.endpoints.map((endpoint) => ({
      ...endpoint,
      address: placeholders.conceal(endpoint.address),
    })),
    internalMasquerade:
      masquerade.kind === 'unless-from-cidr'
        ? { ...masquerade, cidr: placeholders.conceal(masquerade.cidr) }
        : masquerade,
  };
}
