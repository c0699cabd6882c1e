// IPv4 addresses as numbers, for what is asked of thousands of them: whether a text is one, and which network it is in.

const [ZERO, NINE, DOT] = [0x30, 0x39, 0x2e];

/** Of four decimal numbers without leading zeros; absent where the text is anything else. */
export function ipv4Number(text: string): number | undefined {
  let [address, dots, start, byte] = [0, 0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (at === start) return undefined;
      [address, byte, dots, start] = [address * 256 + byte, 0, dots + 1, at + 1];
    } else {
      const isLeadingZero = byte === 0 && at > start;
      if (code < ZERO || code > NINE || isLeadingZero) return undefined;
      byte = byte * 10 + code - ZERO;
      if (byte > 255) return undefined;
    }
  }
  return dots === 3 && start < text.length ? address * 256 + byte : undefined;
}
