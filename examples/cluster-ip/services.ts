// What the example serves: services.json, checked. Used by main.ts.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { field } from '../inventory';
import defaultServices from './services.json';

/** By name: a cluster IP and port, the node port that leads there too, and the endpoints behind them. */
export type Services = typeof defaultServices;

/** services.json of this folder, or the file that GATEWRIGHT_EXAMPLE names: so that a change of the app can be tried without one. */
export function readServices(): Services {
  const path = process.env['GATEWRIGHT_EXAMPLE'];
  if (path === undefined) return defaultServices;
  const services: unknown = JSON.parse(readFileSync(resolve(path), 'utf8'));
  if (!isServices(services)) throw new Error(`${path} is not a file like examples/cluster-ip/services.json`);
  return services;
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
