// One try of a TCP probe. Used by try-probe.ts.
import { type Destination, explainFailure, reach } from './reach';
import { PASSED, type Try, type Verdict } from './verdict';

/** A connection that is accepted is enough; nothing is said on it. */
export async function tryTcp(destination: Destination, attempt: Try): Promise<Verdict> {
  try {
    (await reach(destination, attempt)).destroy();
    return PASSED;
  } catch (error) {
    return explainFailure(error);
  }
}
