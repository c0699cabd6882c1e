// Checks what a kernel host of a lab's file can have, and what only a kernel host can. Used by read-host.ts.
import type { Fields } from './fields';
import { deviceOfRoute } from './route-device';
import type { HostSpec, IptablesBackend } from './spec';

/** The fields of a host that want a Debian of its own. */
const KERNEL_ONLY = ['network', 'packages'];

/** Notes each such field of a host of another kind. */
export function refuseKernelOnly(fields: Fields): void {
  for (const field of KERNEL_ONLY.filter((name) => fields.has(name))) {
    fields.refuse(field, 'only a kernel host boots a Debian of its own', {
      allowed: 'leave it out, or "kind": "kernel"',
    });
  }
}

const LAB_NEEDS = ['ip', 'nsenter', 'perl', 'sh', 'sshd', 'systemctl', 'tar', 'unshare', 'useradd'];

/** What a host can have that lives on the machine's kernel and programs, and one with its own cannot. */
export function checkKernelHost(fields: Fields, host: HostSpec, iptables?: IptablesBackend): void {
  const { links, without } = host;
  if (iptables === 'nft') {
    const what = 'the kernel of kernel hosts refuses what iptables-nft adds';
    fields.refuse('iptables', what, { given: iptables, allowed: 'legacy, or a host of kind namespace' });
  }
  for (const { device } of links.filter(({ device }) => /^(vec\d+|lab-door)$/.test(device))) {
    const allowed = 'none of vec0, vec1, … and lab-door, which a kernel host has while it boots';
    fields.refuse(`links.${device}`, 'bad device name', { given: device, allowed });
  }
  for (const program of without.filter((name) => LAB_NEEDS.includes(name))) {
    const what = 'a kernel host cannot boot, or the lab not enter it, without this';
    fields.refuse('without', what, { given: program, allowed: 'leave it, or a host of kind namespace' });
  }
  if (host.network !== 'lab') checkRoutes(fields, host);
}

function checkRoutes(fields: Fields, { network, links, routes }: HostSpec): void {
  for (const route of routes.filter((each) => deviceOfRoute(each, links) === undefined)) {
    fields.refuse('routes', `${network} keeps each route with a link, and this one names none`, {
      given: route.words.join(' '),
      allowed: '`via` in the network of an address of the host, or `dev`',
    });
  }
}
