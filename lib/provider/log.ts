// The provider's way into Terraform's log: what a launch prints on its standard error. Used by progress.ts and trace.ts.

type Write = (text: string) => void;

let write: Write = (text) => void process.stderr.write(text);

/** One line. Standard output belongs to the handshake alone. */
export function log(line: string): void {
  write(`${line}\n`);
}

/** Where lines go from now on: a provider that stays has a log for each launch (stay.ts). */
export function logTo(next: Write): void {
  write = next;
}
