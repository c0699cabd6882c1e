// Every example that has hosts with a kernel of their own survives the same where netfilter-persistent saves and loads all rules there are.
import { testBootsOfAll } from '../fixtures/boot-examples';

testBootsOfAll({ network: 'ifupdown', beside: 'netfilter-persistent' });
