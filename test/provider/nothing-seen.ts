// A look at a host on which there is nothing. Used by the engines of tests.
import type { Look } from '../../lib/converge/read-live';

/** A new one each time, so that whoever gives it out can tell it again. */
export function nothingSeen(): Look {
  return {
    question: { scope: '', declaredDigest: '', sysctls: [], reads: [], modules: [], lockTimeoutSeconds: 0 },
    reading: {
      ipv4: '',
      sysctls: new Map(),
      sections: new Map(),
      missingModules: [],
      hasRecovered: false,
      hasConntrack: false,
    },
  };
}
