// What a sysctl line declares; what is refused stands in test/cases/refusals/parts.lines.
import { expect, test } from 'vitest';
import { printDeclaration } from '../../lib/syntax/print';
import { readSysctl } from '../../lib/syntax/sysctl';
import { splitWords } from '../../lib/syntax/words';

test.each([
  ['net.ipv4.ip_forward=1', [['net.ipv4.ip_forward', '1']], ['sysctl net.ipv4.ip_forward=1']],
  ['-w net.ipv4.ip_forward=1', [['net.ipv4.ip_forward', '1']], ['sysctl net.ipv4.ip_forward=1']],
  [
    '--write net/ipv4/ip_forward=1 net.ipv4.vs.conntrack=1',
    [
      ['net.ipv4.ip_forward', '1'],
      ['net.ipv4.vs.conntrack', '1'],
    ],
    ['sysctl net.ipv4.ip_forward=1', 'sysctl net.ipv4.vs.conntrack=1'],
  ],
  [
    'net/ipv4/conf/eth0.1/rp_filter=2',
    [['net.ipv4.conf.eth0/1.rp_filter', '2']],
    ['sysctl net.ipv4.conf.eth0/1.rp_filter=2'],
  ],
  [
    'net.ipv4.conf.eth0/1.rp_filter=2',
    [['net.ipv4.conf.eth0/1.rp_filter', '2']],
    ['sysctl net.ipv4.conf.eth0/1.rp_filter=2'],
  ],
  [
    '-w "net.ipv4.tcp_rmem= 4096\t87380   6291456 "',
    [['net.ipv4.tcp_rmem', '4096 87380 6291456']],
    ['sysctl "net.ipv4.tcp_rmem=4096 87380 6291456"'],
  ],
  [
    `'kernel.core_pattern=|/usr/lib/x %p $HOME'`,
    [['kernel.core_pattern', '|/usr/lib/x %p $HOME']],
    [`sysctl 'kernel.core_pattern=|/usr/lib/x %p $HOME'`],
  ],
  [
    'net.netfilter.nf_log.2=nf_log_ipv4',
    [['net.netfilter.nf_log.2', 'nf_log_ipv4']],
    ['sysctl net.netfilter.nf_log.2=nf_log_ipv4'],
  ],
  [
    'net.ipv4.conf.wg-a@b:c.rp_filter=a=b',
    [['net.ipv4.conf.wg-a@b:c.rp_filter', 'a=b']],
    ['sysctl net.ipv4.conf.wg-a@b:c.rp_filter=a=b'],
  ],
])('sysctl %s', (line, settings, printed) => {
  const declared = readSysctl(splitWords(line));
  expect(declared.map(({ key, value }) => [key, value])).toEqual(settings);
  expect(declared.map(printDeclaration)).toEqual(printed);
  expect(printed.flatMap((text) => readSysctl(splitWords(text).slice(1)))).toEqual(declared);
});
