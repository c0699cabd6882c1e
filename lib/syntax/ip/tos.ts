// The type-of-service byte of routes and routing rules as ip(8) takes and prints it.
import { refuse } from '../problem';

/** `ip` reads digits as hexadecimal, with or without `0x`; a name would mean what a file of the host says. */
export function readTos(text: string): string {
  const value = /^(0x)?[0-9a-f]{1,2}$/i.test(text) ? Number.parseInt(text, 16) : NaN;
  if (value >= 0 && value % 4 === 0) return `0x${value.toString(16).padStart(2, '0')}`;
  return refuse('bad-tos', `tos is a byte in hexadecimal whose last two bits are 0, got ${text}`, {
    allowed: '0x00 to 0xfc',
    fix: /^[a-z]/i.test(text)
      ? 'write the number that /etc/iproute2/rt_dsfield has for it'
      : 'write another number',
  });
}
