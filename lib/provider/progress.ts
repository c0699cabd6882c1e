// What an apply waits for, told while it waits: Terraform puts what a provider prints on standard error into its log (TF_LOG).
import { log } from './log';

/** One line. */
export function reportProgress(line: string): void {
  log(`gatewright: ${line}`);
}
