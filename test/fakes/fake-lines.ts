// Lines of texts that are given to the host in memory. Used by fake-host.ts.

/** Without the empty ones. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** `PATH VALUE` lines; the swap of dots and slashes is its own inverse. */
export function assignments(text: string): [string, string][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.indexOf(' ');
      const key = line.slice(0, at).replace(/[./]/g, (separator) => (separator === '/' ? '.' : '/'));
      return [key, line.slice(at + 1)];
    });
}
