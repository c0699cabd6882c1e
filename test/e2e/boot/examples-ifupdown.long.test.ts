// Every example that has hosts with a kernel of their own survives a reboot and a power cut of each, on hosts with ifupdown.
import { testBootsOfAll } from '../fixtures/boot-examples';

testBootsOfAll({ network: 'ifupdown' });
