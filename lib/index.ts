// The public face of the package: the constructs, their props, and the error that they throw.
export { ClusterIpService } from './constructs/cluster-ip-service';
export type { ClusterIpServiceProps, Endpoint, Protocol } from './constructs/cluster-ip-service-props';
export { FullNatVip } from './constructs/full-nat-vip';
export type { FullNatRealServer, FullNatVipProps } from './constructs/full-nat-vip';
export { Host } from './constructs/host';
export type { HostProps } from './constructs/host-props';
export { NodePortService } from './constructs/node-port-service';
export type { NodePortServiceProps } from './constructs/node-port-service';
export { GatewrightProvider } from './constructs/provider';
export type { GatewrightProviderProps } from './constructs/provider';
export type { Bastion } from './constructs/reach';
export { VirtualServer } from './constructs/virtual-server';
export type { RealServer, VirtualServerProps } from './constructs/virtual-server-props';
export { InvalidInput } from './model/errors';
export type { Problem } from './model/errors';
