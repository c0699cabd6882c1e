// What an apply waits for, told while it waits: Terraform puts what a provider prints on standard error into its log (TF_LOG).

/** One line. Standard output belongs to the handshake alone. */
export function reportProgress(line: string): void {
  process.stderr.write(`gatewright: ${line}\n`);
}
