// Lines to the text that a host's tools read: each with its newline. Used by whatever is sent to a host.

/** Empty where there are no lines. Made in one piece, since it may be tens of thousands of them. */
export function toText(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
