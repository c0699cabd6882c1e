// The simulator beside the kernel on 300 random packets per back-end: a sample of simulate-agreement.long.test.ts.
import { testAgreement } from './fixtures/agreement-tests';

testAgreement(15);
