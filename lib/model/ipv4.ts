// IPv4 addresses as numbers, for what is asked of thousands of them: whether a text is one, and which network it is in.

const FOUR_NUMBERS = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

/** Of four decimal numbers without leading zeros; absent where the text is anything else. */
export function ipv4Number(text: string): number | undefined {
  const found = FOUR_NUMBERS.exec(text);
  if (found === null) return undefined;
  const [a, b, c, d] = [Number(found[1]), Number(found[2]), Number(found[3]), Number(found[4])];
  return a > 255 || b > 255 || c > 255 || d > 255 ? undefined : ((a * 256 + b) * 256 + c) * 256 + d;
}
