// The transaction at each of its steps, each time with another fault: one cell for each step, and each fault in some. The long suites have all.
import { testFaultCells } from './fixtures/fault-tests';

testFaultCells({
  nft: [
    ['reading', 'Ctrl-C'],
    ['remember', 'disk full'],
    ['guard', 'memory full'],
    ['ip', 'tool fails'],
    ['first table', 'network cut'],
    ['ip6tables', 'tool fails'],
    ['ip that goes', 'SSH cut'],
    ['confirm', 'lock wanted'],
    ['committed', 'tool fails'],
  ],
  legacy: [
    ['before', 'disk full'],
    ['dry load', 'tool fails'],
    ['sysctl', 'SSH cut'],
    ['ipset', 'memory full'],
    ['last table', 'provider killed'],
    ['ipset that goes', 'Ctrl-C'],
    ['verify', 'provider killed'],
    ['commit', 'tool fails'],
    ['ended', 'provider killed'],
  ],
  kernel: [
    ['ipvs', 'power cut'],
    ['ipvs that goes', 'reboot'],
  ],
});
