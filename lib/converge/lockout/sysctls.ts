// Sysctls that may cost a visitor the way: strict rp_filter, and IPv6 switched off. Used by reach.ts.
import type { SysctlChange } from '../change';
import type { Blame, Ground } from './blame';
import type { CameBy } from './came-by';
import type { Finding } from './finding';
import type { Reach } from './reach';
import { everybody } from './reach';

/** Which of the changes may matter, and how sure that is. */
export function sysctlFindings({ cameBy, changes }: Reach, ground: Ground): Finding[] {
  const own = changes.filter((change) => change.kind === 'sysctl');
  const off = own.find((change) => cameBy.family === 'ipv6' && isOff(change));
  if (off !== undefined) return [withoutIpv6(cameBy, sysctlBlame(off, ground))];
  const strict = own.find((change) => isStrict(change, cameBy));
  return strict === undefined ? [] : [filtered(cameBy, sysctlBlame(strict, ground))];
}

function isOff({ key, after }: SysctlChange): boolean {
  return key === 'net.ipv6.conf.all.disable_ipv6' && after === '1';
}

/**
 * With one device alone there is no other way that a packet could have come. Strict on the device by which answers go, it drops
 * nothing that comes there.
 */
function isStrict({ key, after }: SysctlChange, { family, devices, device }: CameBy): boolean {
  const [, name = ''] = /^net\.ipv4\.conf\.(.+)\.rp_filter$/.exec(key) ?? [];
  if (family !== 'ipv4' || name === '' || after !== '1') return false;
  const others = devices.filter((each) => each !== 'lo');
  return !['default', 'lo', device].includes(name) && others.length > 1;
}

function withoutIpv6(cameBy: CameBy, blame: Blame): Finding {
  return {
    kind: 'lockout',
    summary: `the apply would lock out ${everybody(cameBy)}`,
    lines: [`the host would lose its address ${cameBy.server}`],
    blame,
    fix: 'leave IPv6 on; or come by an address of IPv4; or set allow_lockout = true, and have another way in',
  };
}

function filtered({ client }: CameBy, blame: Blame): Finding {
  return {
    kind: 'doubt',
    summary: `it cannot be told whether SSH from ${client} (where this session comes from) gets in`,
    lines: ['with rp_filter=1 a packet is dropped that comes by another device than its answer would go'],
    blame,
    fix: 'write rp_filter=2 where packets come and go by different devices',
  };
}

function sysctlBlame({ key, after }: SysctlChange, { desired }: Ground): Blame {
  const source = desired.sysctls.get(key)?.sources[0];
  return { kind: 'new', line: `sysctl ${key}=${after}`, ...(source === undefined ? {} : { source }) };
}
