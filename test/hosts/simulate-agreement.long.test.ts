// The simulator beside the kernel on 2,000 random packets per back-end.
import { testAgreement } from './fixtures/agreement-tests';

testAgreement(100);
