// The program that tries texts in a throw-away network namespace; programs.ts starts it there.
import { shellFunctions } from './functions';
import { SUBSYSTEM_SHELL } from './subsystem-shell';

/** Names of the files that the bundle of a proof holds beside `STAGE.text`. */
export const PROOF_FILES = { program: 'program', stages: 'stages' } as const;

/** Stops at the first stage that is refused, with the tool's words; leaves the name in `stage`, and in `STAGE.save` what was made of it. */
export function proverProgram(nonce: string): string {
  return `${shellFunctions(nonce)}${SUBSYSTEM_SHELL}
work=$1
cd "$work" || exit 66
for stage in $(cat stages); do
  echo "$stage" > stage
  "prove_$stage" "$stage.text" 2>&1 || exit 1
done
rm -f stage
for stage in $(cat stages); do "save_$stage" > "$stage.save" || exit 1; done
`;
}
