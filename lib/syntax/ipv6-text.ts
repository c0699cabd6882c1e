// IPv6 addresses as the C library writes them, and so every tool: `::1`, `2001:db8::1:0:0:1`, `::192.0.2.1`. Used by the readers of addresses.
import ipaddr from 'ipaddr.js';

/** The eight groups of 16 bits; absent where the text is no address. A zone (`%eth0`) is none. */
export function parseIpv6(text: string): ipaddr.IPv6 | undefined {
  const plain = text.replace(/\d+\.\d+\.\d+\.\d+$/, groupsOf);
  return plain.includes('.') || plain.includes('%') || !ipaddr.IPv6.isValid(plain)
    ? undefined
    : ipaddr.IPv6.parse(plain);
}

/** The dotted form at the end where all before it is zero, or zero and ffff. */
export function printIpv6(address: ipaddr.IPv6): string {
  const [a, b, c, d, e, f = 0, g = 0, h = 0] = address.parts;
  const isDotted = [a, b, c, d, e].every((part) => part === 0) && (f === 0xffff || (f === 0 && g !== 0));
  if (!isDotted) return address.toRFC5952String();
  return `::${f === 0 ? '' : 'ffff:'}${[g >> 8, g & 255, h >> 8, h & 255].join('.')}`;
}

/** `1.2.3.4` as `102:304`: ipaddr.js takes `::1.2.3.4` for `::ffff:1.2.3.4`. What is no IPv4 address stays. */
function groupsOf(dotted: string): string {
  const bytes = dotted.split('.').map(Number);
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  if (bytes.some((byte) => byte > 255)) return dotted;
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}
