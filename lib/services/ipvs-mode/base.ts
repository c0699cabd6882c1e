// What the services of a host share in IPVS mode: kube-proxy's device, sets, static chains and jumps, as far as services can need them.
import type { Declaration } from '../../model/declaration';
import type { SetDeclaration } from '../../model/ipset';
import type { ChainAddress } from '../../model/iptables';
import type { Match } from '../../model/rule';
import { chainNames } from '../chain-names';
import {
  ACCEPT,
  IS_NEW,
  IS_TO_THIS_HOST,
  REJECT,
  RETURN,
  append,
  comment,
  declareChain,
  declareSet,
  filter,
  isInSet,
  isProtocol,
  jump,
  nat,
  prepend,
} from '../declare';
import type { HostedServices } from '../hosted-services';
import { declareForward, declareMasquerade } from '../host-wide';
import type { InternalMasquerade, Protocol } from '../service';
import { declareRangesBase } from './firewall';
import { deviceName, setNames } from './names';

/** In the order in which lines must stand: the device, the sets, and then the rules that name them. */
export function declareIpvsBase(hosted: HostedServices): readonly Declaration[] {
  const { layout } = hosted;
  return [
    { kind: 'link', name: deviceName(layout.chainPrefix), type: 'dummy' },
    ...declareSets(hosted),
    ...declareMasquerade(layout, [declareHairpin(layout.chainPrefix)]),
    ...declareForward(layout),
    ...declareDispatch(hosted),
    ...declareAccessFilter(hosted),
    ...declareRangesBase(hosted),
  ];
}

function declareSets({ layout, nodePorts, loadBalancers }: HostedServices): readonly SetDeclaration[] {
  const sets = setNames(layout.chainPrefix);
  return [
    declareSet(sets.clusterIp, 'hash:ip,port'),
    declareSet(sets.loopBack, 'hash:ip,port,ip'),
    declareSet(sets.ipvsIps, 'hash:ip'),
    ...(loadBalancers.length === 0 ? [] : [declareSet(sets.loadBalancer, 'hash:ip,port')]),
    ...protocolsOf(nodePorts).map((protocol) =>
      protocol === 'sctp'
        ? declareSet(sets.ofNodePorts(protocol), 'hash:ip,port')
        : declareSet(sets.ofNodePorts(protocol), 'bitmap:port', '0-65535'),
    ),
  ];
}

/** In the order of kube-proxy. */
function protocolsOf(nodePorts: HostedServices['nodePorts']): readonly Protocol[] {
  const all: readonly Protocol[] = ['tcp', 'udp', 'sctp'];
  return all.filter((protocol) => nodePorts.some(({ service }) => service.protocol === protocol));
}

/** An endpoint that reaches itself by a service would answer itself directly, past IPVS. */
function declareHairpin(prefix: string): Declaration {
  const remark = 'Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose';
  return append(
    nat(chainNames(prefix).postrouting),
    [comment(remark), isInSet(setNames(prefix).loopBack, 'dst,dst,src')],
    { kind: 'masquerade', flags: [] },
  );
}

/** Marks what must be masqueraded; it is IPVS that chooses the endpoint, behind INPUT. */
function declareDispatch(hosted: HostedServices): readonly Declaration[] {
  const { layout, loadBalancers } = hosted;
  const names = chainNames(layout.chainPrefix);
  const sets = setNames(layout.chainPrefix);
  const services = nat(names.services);
  const isToBalancer = isInSet(sets.loadBalancer, 'dst,dst');
  const balanced = loadBalancers.length > 0;
  const portals = comment('kubernetes service portals');
  const lbPortal = [comment('Kubernetes service lb portal'), isToBalancer];
  return [
    declareChain(services),
    declareChain(nat(names.nodePort)),
    ...(balanced
      ? [
          declareChain(nat(names.loadBalancer)),
          append(nat(names.loadBalancer), [], jump(names.markForMasquerade)),
        ]
      : []),
    append(services, [{ kind: 'source', prefix: '127.0.0.0/8' }], RETURN),
    ...(balanced ? [append(services, lbPortal, jump(names.loadBalancer))] : []),
    ...declareInternalMasquerade(hosted, services),
    append(services, [IS_TO_THIS_HOST], jump(names.nodePort)),
    append(services, [isInSet(sets.clusterIp, 'dst,dst')], ACCEPT),
    ...(balanced ? [append(services, [isToBalancer], ACCEPT)] : []),
    ...declareNodePorts(hosted),
    prepend(nat('OUTPUT'), [portals], jump(names.services)),
    prepend(nat('PREROUTING'), [portals], jump(names.services)),
  ];
}

/** One rule for all services of the host, which are masqueraded alike. */
function declareInternalMasquerade(
  { layout, services: [first] }: HostedServices,
  chain: ChainAddress,
): readonly Declaration[] {
  if (first === undefined) return [];
  const { clusterIp } = setNames(layout.chainPrefix);
  const remark = comment('Kubernetes service cluster ip + port for masquerade purpose');
  const { from, fields } = whoIsMasqueraded(first.internalMasquerade);
  const matches = [...from, remark, isInSet(clusterIp, fields)];
  return [append(chain, matches, jump(chainNames(layout.chainPrefix).markForMasquerade))];
}

function whoIsMasqueraded(masquerade: InternalMasquerade): {
  readonly from: readonly Match[];
  readonly fields: string;
} {
  switch (masquerade.kind) {
    case 'none':
      // Only what has a cluster IP for its source: nobody, but a host that calls from the dummy device's address.
      return { from: [], fields: 'src,dst' };
    case 'all':
      return { from: [], fields: 'dst,dst' };
    case 'unless-from-cidr':
      return { from: [{ kind: 'source', negated: true, prefix: masquerade.cidr }], fields: 'dst,dst' };
    case 'unless-from-device':
      return {
        from: [{ kind: 'in-interface', negated: true, device: masquerade.device }],
        fields: 'dst,dst',
      };
  }
}

function declareNodePorts({ layout, nodePorts }: HostedServices): readonly Declaration[] {
  const names = chainNames(layout.chainPrefix);
  return protocolsOf(nodePorts).map((protocol) => {
    const remark = `Kubernetes nodeport ${protocol.toUpperCase()} port for masquerade purpose`;
    const set = setNames(layout.chainPrefix).ofNodePorts(protocol);
    const fields = protocol === 'sctp' ? 'dst,dst' : 'dst';
    return append(
      nat(names.nodePort),
      [isProtocol(protocol), comment(remark), isInSet(set, fields)],
      jump(names.markForMasquerade),
    );
  });
}

/** The host has all addresses of services, so without it they would lead to its own daemons at every other port. */
function declareAccessFilter({ layout, loadBalancers }: HostedServices): readonly Declaration[] {
  const { ipvsFilter } = chainNames(layout.chainPrefix);
  const sets = setNames(layout.chainPrefix);
  const chain = filter(ipvsFilter);
  const served = [...(loadBalancers.length === 0 ? [] : [sets.loadBalancer]), sets.clusterIp];
  return [
    declareChain(chain),
    ...served.map((set) => append(chain, [isInSet(set, 'dst,dst')], RETURN)),
    append(chain, [IS_NEW, isInSet(sets.ipvsIps, 'dst')], REJECT),
    prepend(filter('INPUT'), [comment('kubernetes ipvs access filter')], jump(ipvsFilter)),
  ];
}
