// The last net under every text that leaves the provider: known secrets are struck out. Used by diagnose.ts.

/** Shorter fragments would strike out innocent text and tell little. */
const SHORTEST = 4;

/** The lines around a key's text, the same for every key. */
const FRAME = /^-----(BEGIN|END) [A-Z0-9 ]+-----$/;

/** Each secret as a whole and, since keys have many lines and errors quote one, each of its lines. */
export function redact(text: string, secrets: readonly string[]): string {
  const fragments = secrets
    .flatMap((secret) => [secret, ...secret.split('\n')])
    .map((fragment) => fragment.trim())
    .filter((fragment) => fragment.length >= SHORTEST && !FRAME.test(fragment));
  // The longest first: else a secret that begins with another one would leave its end behind.
  return fragments
    .sort((a, b) => b.length - a.length)
    .reduce((redacted, fragment) => redacted.replaceAll(fragment, '[secret]'), text);
}
