// The program that runs one command of a user's on a host, as a probe. Its words travel as bulk, a line each. Used by command-probe.ts.
import { WORK_FOLDER, shellFunctions } from './functions';

/** As much of what the command printed as an error should quote. */
const LAST_BYTES = 2000;

/** After the time to end comes the time to be killed. */
const GRACE_SECONDS = 1;

/**
 * No word is ever shell text: timeout(1) runs them as they are, and ends the command, with all that it started, after this time.
 * What is left of it cannot hold the program up either, since tail is ended too.
 */
export function commandProgram(nonce: string, seconds: number): string {
  return `${shellFunctions(nonce)}
require timeout
${WORK_FOLDER}
take words "$work/words"
set --
while IFS= read -r word; do set -- "$@" "$word"; done < "$work/words"
umask 022
cd /
begin output
{ timeout -k ${GRACE_SECONDS} ${seconds} "$@" < /dev/null; echo $? > "$work/code"; } 2>&1 |
  timeout ${seconds + GRACE_SECONDS + 1} tail -c ${LAST_BYTES}
end output "$(cat "$work/code")"
say tried
`;
}
