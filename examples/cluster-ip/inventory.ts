// The two files that the example reads: what is served (services.json), and how the lab's hosts are reached (.lab/lab.json).
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import defaultServices from './services.json';

/** By name: a cluster IP and port, the node port that leads there too, and the endpoints behind them. */
export type Services = typeof defaultServices;

/** How a host of the lab is reached. */
export interface LabHost {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyPath: string;
  readonly hostKey: string;
}

/** services.json of this folder, or the file that GATEWRIGHT_EXAMPLE names: so that a change of the app can be tried without one. */
export function readServices(): Services {
  const path = process.env['GATEWRIGHT_EXAMPLE'];
  if (path === undefined) return defaultServices;
  const services: unknown = JSON.parse(readFileSync(resolve(path), 'utf8'));
  if (!isServices(services)) throw new Error(`${path} is not a file like examples/cluster-ip/services.json`);
  return services;
}

/** The lab in `.lab`, or in the folder that GATEWRIGHT_LAB names. */
export function readLabHost(name: string): LabHost {
  const path = join(resolve(process.env['GATEWRIGHT_LAB'] ?? '.lab'), 'lab.json');
  if (!existsSync(path)) {
    throw new Error(
      `${path} is not there: no lab is up\nto do: npm run lab -- up examples/cluster-ip/lab.json`,
    );
  }
  const lab: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const host = field(field(lab, 'hosts'), name);
  if (!isLabHost(host)) {
    throw new Error(
      `${path} has no host ${name}: another lab is up\nto do: npm run lab -- down, then npm run lab -- up examples/cluster-ip/lab.json`,
    );
  }
  return host;
}

function isServices(value: unknown): value is Services {
  return Object.keys(defaultServices).every((name) => {
    const service = field(value, name);
    const endpoints = field(service, 'endpoints');
    return (
      typeof field(service, 'clusterIp') === 'string' &&
      ['port', 'nodePort'].every((key) => typeof field(service, key) === 'number') &&
      Array.isArray(endpoints) &&
      endpoints.every(
        (endpoint) =>
          typeof field(endpoint, 'address') === 'string' && typeof field(endpoint, 'port') === 'number',
      )
    );
  });
}

function isLabHost(value: unknown): value is LabHost {
  const texts = ['address', 'user', 'privateKeyPath', 'hostKey'];
  return (
    texts.every((key) => typeof field(value, key) === 'string') && typeof field(value, 'port') === 'number'
  );
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
