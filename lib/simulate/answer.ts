// Does it match? Three answers, since not all that a rule asks can be told from here. Used by everything in the simulator.

/** `unknown`: it depends on what we do not know or do not model. */
export type Answer = 'yes' | 'no' | 'unknown';

/** What is known is told the other way round. */
export function not(answer: Answer): Answer {
  return answer === 'unknown' ? 'unknown' : answer === 'yes' ? 'no' : 'yes';
}

/** As a rule says it: with a `!` before it, or without. */
export function unlessNegated(answer: Answer, { negated }: { readonly negated?: boolean }): Answer {
  return negated === true ? not(answer) : answer;
}

/** All must hold: one `no` decides, whatever is unknown beside it. */
export function all(answers: readonly Answer[]): Answer {
  if (answers.includes('no')) return 'no';
  return answers.includes('unknown') ? 'unknown' : 'yes';
}

/** One must hold. */
export function some(answers: readonly Answer[]): Answer {
  if (answers.includes('yes')) return 'yes';
  return answers.includes('unknown') ? 'unknown' : 'no';
}

/** Where a claim is known to hold or not. */
export function known(claim: boolean): Answer {
  return claim ? 'yes' : 'no';
}
