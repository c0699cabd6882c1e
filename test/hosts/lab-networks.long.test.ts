// Hosts whose network Debian's own services set up, and hosts whose SSH comes in by their own link: boots, lockouts, cables.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labDown } from '../../lib/lab/down';
import type { Lab } from '../../lib/lab/lab';
import type { HostFile, LabFile } from '../../lib/lab/spec';
import { labUp } from '../../lib/lab/up';

function kernelHost(network: HostFile['network'], number: number): HostFile {
  return {
    kind: 'kernel',
    ...(network === undefined ? {} : { network }),
    links: {
      eth0: { network: 'lan', addresses: [`192.168.7.${number}/24`, `fd07::${number}/64`] },
      eth1: { network: 'side' },
    },
    routes: [
      'default via 192.168.7.250',
      'fd08::/64 via fd07::250',
      '10.8.0.0/16 dev eth1',
      `10.9.0.0/16 via 192.168.7.250 src 192.168.7.${number} metric 7 table 99`,
    ],
  };
}

const FILE: LabFile = {
  networks: { lan: { operator: '192.168.7.254/24' }, side: {} },
  hosts: {
    networkd: kernelHost('systemd-networkd', 1),
    ifupdown: kernelHost('ifupdown', 2),
    namespace: { kind: 'namespace', links: { eth0: { network: 'lan', addresses: ['192.168.7.3/24'] } } },
  },
};

const folder = mkdtempSync(join(tmpdir(), 'gatewright-networks-'));
const dir = join(folder, 'lab');
let lab: Lab;

beforeAll(async () => {
  lab = await labUp(FILE, dir);
});

afterAll(async () => {
  await labDown(dir);
  rmSync(folder, { recursive: true });
});

async function output(host: string, ...argv: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await lab.exec(host, argv);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

const sshArguments = (host: string, ...command: string[]): string[] => [
  ...['-F', join(dir, 'ssh_config'), '-o', 'ConnectTimeout=3', host],
  ...command,
];

/** A new connection. */
function ssh(host: string, command: string): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync('ssh', sshArguments(host, command), {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout };
}

/** By number, and what the service itself notes of each left out. */
async function routes(host: string, ...more: string[]): Promise<string[]> {
  const lines = (await output(host, 'ip', ...more, 'route', 'show')).trim().split('\n');
  return lines.map((line) => line.replace(/ (proto|pref) \w+| onlink/g, '').trim()).sort();
}

const bootId = (host: string): Promise<string> => output(host, 'cat', '/proc/sys/kernel/random/boot_id');

describe.each([
  ['networkd', 1, 'systemd-networkd.service', 'reboot'],
  ['ifupdown', 2, 'networking.service', 'powerCut'],
] as const)('the kernel host %s', (host, number, unit, act) => {
  async function expectNetwork(): Promise<void> {
    expect(await output(host, 'systemctl', 'is-system-running')).toBe('running\n');
    expect(await output(host, 'systemctl', 'is-active', unit)).toBe('active\n');
    const addresses = (await output(host, 'ip', '-brief', 'addr', 'show', 'eth0')).trim().split(/\s+/);
    expect(addresses.slice(2, 4)).toEqual([`192.168.7.${number}/24`, `fd07::${number}/64`]);
    expect(await routes(host)).toEqual([
      '10.8.0.0/16 dev eth1 scope link',
      `192.168.7.0/24 dev eth0 scope link src 192.168.7.${number}`,
      'default via 192.168.7.250 dev eth0',
    ]);
    expect(await routes(host, '-6')).toContain('fd08::/64 via fd07::250 dev eth0 metric 1024');
    const table = await output(host, 'ip', 'route', 'show', 'table', '99');
    expect(table).toContain(`10.9.0.0/16 via 192.168.7.250 dev eth0`);
    expect(table).toContain(`src 192.168.7.${number} metric 7`);
    expect(ssh(host, 'echo $SSH_CONNECTION').stdout).toMatch(
      new RegExp(`^192\\.168\\.7\\.254 \\d+ 192\\.168\\.7\\.${number} 22\\n$`),
    );
  }

  test('has what the lab file says, from its network service, which sees no link of the lab’s own', async () => {
    await expectNetwork();
    expect(await output(host, 'ip', '-brief', 'link')).not.toContain('lab-door');
  });

  test(`has it again after a ${act}, and SSH on the port it had`, async () => {
    const before = await bootId(host);
    await lab[act](host);
    expect(await bootId(host)).not.toBe(before);
    await expectNetwork();
  });
});

test('systemd-networkd drops routes and routing rules of others where it sets up a link anew, as by default', async () => {
  await output('networkd', 'ip', 'rule', 'add', 'from', '10.1.1.1', 'table', '80', 'pref', '80');
  await output('networkd', 'ip', 'route', 'add', '10.7.0.0/16', 'via', '192.168.7.250');
  await output('networkd', 'networkctl', 'reconfigure', 'eth0');
  await output('networkd', 'sh', '-c', 'while ip rule | grep "^80:"; do sleep 0.1; done >/dev/null');
  await output('networkd', 'sh', '-c', 'while ip route | grep ^10.7; do sleep 0.1; done >/dev/null');
});

describe.each(['networkd', 'namespace'])('SSH to %s by its own link', (host) => {
  test('is cut by a policy of its own INPUT chain, and the lab’s own way in is not', async () => {
    await output(host, 'iptables', '-P', 'INPUT', 'DROP');
    expect(ssh(host, 'true').status).toBe(255);
    expect(await output(host, 'iptables', '-S', 'INPUT')).toBe('-P INPUT DROP\n');
    await output(host, 'iptables', '-P', 'INPUT', 'ACCEPT');
    expect(ssh(host, 'echo in')).toEqual({ status: 0, stdout: 'in\n' });
  });

  test('hangs, established, while the cable is out: neither end is told', async () => {
    const held = spawn('ssh', sshArguments(host, 'echo up; exec cat'), {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const heard: string[] = [];
    held.stdout.setEncoding('utf8').on('data', (text: string) => heard.push(text));
    await once(held.stdout, 'data');
    await lab.unplug(host, 'eth0');
    held.stdin.write('late\n');
    expect(ssh(host, 'true').status).toBe(255);
    expect({ heard, exitCode: held.exitCode }).toEqual({ heard: ['up\n'], exitCode: null });
    const established = await output(host, 'ss', '-Htn', 'state', 'established', 'sport', '=', ':22');
    expect(established).toContain('192.168.7.254:');
    const answered = once(held.stdout, 'data');
    await lab.plug(host, 'eth0');
    expect(await answered).toEqual(['late\n']);
    held.stdin.end();
    expect(await once(held, 'exit')).toEqual([0, null]);
  });
});
