// Every example that has hosts with a kernel of their own survives a reboot and a power cut of each, on hosts with systemd-networkd.
import { testBootsOfAll } from '../fixtures/boot-examples';

testBootsOfAll({ network: 'systemd-networkd' });
