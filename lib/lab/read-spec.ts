// Checks a lab's file and gives the spec of the lab, or everything that is wrong with the file. Used by up.ts.
import { readFileSync } from 'node:fs';
import { InvalidLabFile, LabError } from './errors';
import type { LabFileProblem } from './errors';
import { parseInterfaceAddress } from './addresses';
import { Fields } from './fields';
import { readHost } from './read-host';
import type { HostSpec, LabSpec, NetworkSpec } from './spec';

const NETWORK_NAME = /^[a-z][a-z0-9-]{0,14}$/;
const OPERATOR = { pattern: /^\S+$/, allowed: 'an IPv4 address such as 192.168.1.1/24' };
const HOST_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/** Reads and checks the lab file at `path`. */
export function readLabFile(path: string): LabSpec {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LabError('invalid-lab-file', `cannot read ${path}: ${reason}`, {
      fix: 'name a JSON file; `npm run lab -- up --help` shows a small one',
      cause,
    });
  }
  return readSpec(content);
}

/** Throws `InvalidLabFile` with every problem of the file, not only the first. */
export function readSpec(content: unknown): LabSpec {
  const problems: LabFileProblem[] = [];
  const lab = Fields.of(content, '', problems);
  lab.allowOnly('networks', 'hosts');
  const declared = lab.has('networks') ? lab.named('networks').map(readNetwork) : undefined;
  const hosts = lab.named('hosts').map(([name, fields]) => {
    if (!HOST_NAME.test(name)) {
      fields.refuse('(name)', 'not accepted', {
        given: name,
        allowed: 'letters, digits, - and _, at most 63',
      });
    }
    return readHost(name, fields);
  });
  if (problems.length === 0 && hosts.length === 0) lab.refuse('hosts', 'a lab needs at least one host');
  checkNetworks(lab, hosts, declared);
  checkAddresses(lab, hosts, declared ?? []);
  if (problems.length > 0) throw new InvalidLabFile(problems);
  return { networks: declared ?? impliedNetworks(hosts), hosts };
}

function readNetwork([name, fields]: [string, Fields]): NetworkSpec {
  fields.allowOnly('operator');
  if (!NETWORK_NAME.test(name) || name === 'lo') {
    fields.refuse('(name)', 'not accepted', { given: name, allowed: 'a-z, 0-9 and -, at most 15, not lo' });
  }
  if (!fields.has('operator')) return { name };
  const text = fields.text('operator', OPERATOR);
  const operator = parseInterfaceAddress(text ?? '');
  if (operator?.family === 'ipv4') return { name, operator };
  if (text !== undefined)
    fields.refuse('operator', 'bad address', { given: text, allowed: OPERATOR.allowed });
  return { name };
}

function impliedNetworks(hosts: readonly HostSpec[]): NetworkSpec[] {
  const names = new Set(hosts.flatMap((host) => host.links.map((link) => link.network)));
  return [...names].sort().map((name) => ({ name }));
}

function checkNetworks(
  lab: Fields,
  hosts: readonly HostSpec[],
  declared: readonly NetworkSpec[] | undefined,
): void {
  for (const host of hosts) {
    for (const { device, network } of host.links) {
      const at = `hosts.${host.name}.links.${device}.network`;
      if (declared !== undefined && !declared.some(({ name }) => name === network)) {
        const names = declared.map(({ name }) => name);
        lab.refuse(at, 'unknown network', { given: network, allowed: names.join(', ') });
      } else if (!NETWORK_NAME.test(network) || network === 'lo') {
        lab.refuse(at, 'not accepted', { given: network, allowed: 'a-z, 0-9 and -, at most 15, not lo' });
      }
    }
  }
}

function checkAddresses(lab: Fields, hosts: readonly HostSpec[], declared: readonly NetworkSpec[]): void {
  const owners = new Map<string, string>();
  for (const { name, operator } of declared) {
    if (operator !== undefined) owners.set(`${name} ${operator.address}`, `the operator of ${name}`);
  }
  for (const host of hosts) {
    for (const { device, network, addresses } of host.links) {
      for (const { address } of addresses) {
        const owner = owners.get(`${network} ${address}`);
        const at = `hosts.${host.name}.links.${device}.addresses`;
        if (owner !== undefined) lab.refuse(at, `duplicate address, ${owner} has it too`, { given: address });
        owners.set(`${network} ${address}`, `${host.name} on ${device}`);
      }
    }
  }
}
