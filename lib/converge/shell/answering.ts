// The program that tells a transaction on its host, over a connection of its own, to be kept or to be taken back. remote-host.ts runs it.
import { shellFunctions, WORK_FOLDER } from './functions';
import { LIVES } from './guard';

/**
 * Takes the transaction's id, then what is to be said to it: its secret, `roll-back REASON`, or nothing, only to ask. Says how it
 * stands: `waiting` (asked), `not-yet` (it is still being made), `kept`, `undone`, `undo-failed`, or `unknown` where another
 * one came meanwhile, or nobody lives who would end it. It waits for no lock: the transaction has it.
 */
export function answerProgram(nonce: string): string {
  return `${shellFunctions(nonce)}${LIVES}
require_root
${WORK_FOLDER}take id "$work/id"
take answer "$work/answer"
read -r ours < "$work/id"
is_armed() {
  read -r armed < "$run/armed/id" && [ "$armed" = "$ours" ] && { lives "$run/armed/process" || lives "$run/armed/watcher"; }
} 2> /dev/null
nap() { sleep 0.02 2> /dev/null || sleep 1; }
if is_armed; then
  if [ ! -f "$run/armed/verified" ]; then say not-yet; say answered; return; fi
  if [ ! -s "$work/answer" ]; then say waiting; say answered; return; fi
  timeout 10 sh -c 'cat "$1" > "$2"' answer "$work/answer" "$run/armed/confirmation"
  while is_armed; do nap; done
fi
read -r id ended < "$run/lock" || id=
if [ "$id" = "$ours" ]; then say "$ended"; else say unknown; fi
say answered
`;
}
