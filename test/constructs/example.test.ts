// The example that main.ts deploys: what it becomes with a lab's inventory, and what it says without one.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ClusterIpExample } from '../../examples/cluster-ip/main';
import services from '../../examples/cluster-ip/services.json';
import { newApp, synthesize } from './stacks';

vi.mock('../../lib/install/provider', () => ({
  PROVIDER_SOURCE: 'gatewright/gatewright',
  PROVIDER_VERSION: '1.2.3',
  installProvider: vi.fn(),
}));

const KEY = 'ssh-ed25519 AAAA';

function labFolder(hosts: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatewright-lab-'));
  const inventory = hosts.map((name, index): [string, object] => [
    name,
    {
      kind: 'namespace',
      address: '127.0.0.1',
      port: 2201 + index,
      user: 'root',
      privateKeyPath: '/lab/id',
      hostKey: KEY,
    },
  ]);
  writeFileSync(join(folder, 'lab.json'), JSON.stringify({ hosts: Object.fromEntries(inventory) }));
  vi.stubEnv('GATEWRIGHT_LAB', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  return folder;
}

test('two hosts of the lab get both services and both node ports', () => {
  labFolder(['cloudos1', 'cloudos2']);
  const { configuration, parts } = synthesize(new ClusterIpExample(newApp(), 'cluster-ip'));
  expect(configuration).toMatchObject({
    provider: { gatewright: [{ user: 'root', private_key_path: '/lab/id', agent: '' }] },
    resource: {
      gatewright_host: {
        cloudos1: { address: '127.0.0.1', port: 2201, host_key: KEY },
        cloudos2: { address: '127.0.0.1', port: 2202, host_key: KEY },
      },
    },
  });
  expect(['cloudos1', 'cloudos2'].map((name) => Object.keys(parts(name)))).toEqual(
    Array(2).fill([
      '10-external-services',
      '10-ip-forward',
      '10-node-ports',
      '10-services',
      '50-service example/service1:http',
      '50-service example/service1:http node port',
      '50-service example/service2:http',
      '50-service example/service2:http node port',
      '90-node-ports',
    ]),
  );
});

test('another file of services is another app', () => {
  const folder = labFolder(['cloudos1', 'cloudos2']);
  const path = join(folder, 'services.json');
  const endpoints = services.service2.endpoints.slice(0, 1);
  writeFileSync(path, JSON.stringify({ ...services, service2: { ...services.service2, endpoints } }));
  const read = (): readonly [string, unknown][] =>
    Object.entries(synthesize(new ClusterIpExample(newApp(), 'cluster-ip')).parts('cloudos1'));
  const before = new Map(read());
  vi.stubEnv('GATEWRIGHT_EXAMPLE', path);
  const changed = read().filter(([part, text]) => text !== before.get(part));
  expect(changed.map(([part]) => part)).toEqual(['50-service example/service2:http']);
});

test.each([
  [[], /lab\.json has no host cloudos1: another lab is up\nto do: npm run lab -- down/],
  [
    undefined,
    /lab\.json is not there: no lab is up\nto do: npm run lab -- up examples\/cluster-ip\/lab\.json$/,
  ],
])('a lab with hosts %j is an error that says what to do', (hosts, expected) => {
  const folder = labFolder(hosts ?? []);
  if (hosts === undefined) rmSync(join(folder, 'lab.json'));
  expect(() => new ClusterIpExample(newApp(), 'cluster-ip')).toThrow(expected);
});

test('a file that is none of services is refused', () => {
  const folder = labFolder(['cloudos1', 'cloudos2']);
  vi.stubEnv('GATEWRIGHT_EXAMPLE', join(folder, 'lab.json'));
  expect(() => new ClusterIpExample(newApp(), 'cluster-ip')).toThrow(
    'is not a file like examples/cluster-ip/services.json',
  );
});
