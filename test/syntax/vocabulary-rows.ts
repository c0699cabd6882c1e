// Rules as given and as iptables-save 1.8.9 prints them, at least one for each option of each match and target. The unit tests
// compare with our print, test/hosts/syntax.test.ts with the kernel's.

export interface VocabularyRow {
  readonly table: 'filter' | 'nat' | 'mangle' | 'raw';
  /** A built-in chain, or `T1`, which is user-defined. */
  readonly chain: string;
  readonly given: string;
  readonly saved: string;
  /** Set where the kernels of the tests lack what it needs; the source of `saved` is then named. */
  readonly untried?: string;
}

export const VOCABULARY_ROWS: readonly VocabularyRow[] = [
  // What every rule may say.
  ...inChain('filter', 'T1', [
    ['', ''],
    ['-j ACCEPT', '-j ACCEPT'],
    ['--jump DROP', '-j DROP'],
    ['-j RETURN', '-j RETURN'],
    ['-g T2', '-g T2'],
    ['--goto T2', '-g T2'],
    ['-s 182.16.100.101/24', '-s 182.16.100.0/24'],
    ['--source 10.1.2.3 --destination 10.9.0.0/255.255.0.0', '-s 10.1.2.3/32 -d 10.9.0.0/16'],
    ['-d 10.0.0.1 -s 0.0.0.0/0', '-d 10.0.0.1/32'],
    ['-s 0/0 -d 10/8', '-d 10.0.0.0/8'],
    ['! -s 10.0.0.0/8 ! -d 10.0.0.0/20', '! -s 10.0.0.0/8 ! -d 10.0.0.0/20'],
    ['-s 10.0.0.3/255.0.0.255', '-s 10.0.0.3/255.0.0.255'],
    [
      '-j ACCEPT -p tcp -o eth1 ! -i eth0 -d 10.0.0.1 -s 10.0.0.2',
      '-s 10.0.0.2/32 -d 10.0.0.1/32 ! -i eth0 -o eth1 -p tcp -j ACCEPT',
    ],
    ['--in-interface cali+ --out-interface +', '-i cali+'],
    ['-p all', ''],
    ['! -p icmp', '! -p icmp'],
    ['--protocol 47', '-p gre'],
    ['-p TCP', '-p tcp'],
    ['-p 99', '-p 99'],
    ['-f', '-f'],
    ['! --fragment', '! -f'],
  ]),
  ...inChain('filter', 'T1', [
    ['-p tcp --dport 80', '-p tcp -m tcp --dport 80'],
    ['-p tcp -m tcp -j T2', '-p tcp -m tcp -j T2'],
    ['-m tcp -p tcp', '-p tcp -m tcp'],
    ['-ptcp --dport=80 -jACCEPT', '-p tcp -m tcp --dport 80 -j ACCEPT'],
    [
      '-p tcp --destination-port 80:90 ! --source-port 1024:',
      '-p tcp -m tcp ! --sport 1024:65535 --dport 80:90',
    ],
    ['-p tcp --sport :80 --dport 0:65535', '-p tcp -m tcp --sport 0:80'],
    ['-p tcp --dport 80:80', '-p tcp -m tcp --dport 80'],
    ['-p tcp --syn', '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN'],
    ['-p tcp ! --syn', '-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN'],
    ['-p tcp --tcp-flags ALL NONE', '-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE'],
    ['-p tcp --tcp-flags ack,SYN SYN --tcp-option 5', '-p tcp -m tcp --tcp-option 5 --tcp-flags SYN,ACK SYN'],
    ['-p udp --dport 53 --sport 1', '-p udp -m udp --sport 1 --dport 53'],
    ['-p sctp ! --dport 53 --sport 5', '-p sctp -m sctp --sport 5 ! --dport 53'],
    ['-p sctp --chunk-types all INIT', '-p sctp -m sctp --chunk-types all INIT'],
    ['-p dccp --sport 5 --dport 53', '-p dccp -m dccp --sport 5 --dport 53'],
    ['-p dccp --dccp-types REQUEST', '-p dccp -m dccp --dccp-types REQUEST'],
    ['-p dccp --dccp-option 5', '-p dccp -m dccp --dccp-option 5'],
    ['-m comment --comment "a b" -p tcp --dport 80', '-p tcp -m comment --comment "a b" -m tcp --dport 80'],
    [
      '-p tcp --dport 80 -m comment --comment ab --sport 90',
      '-p tcp -m tcp --sport 90 --dport 80 -m comment --comment ab',
    ],
  ]),
  ...inChain('filter', 'T1', [
    ['-m comment --comment plain_Word-1', '-m comment --comment plain_Word-1'],
    ['-m comment --comment default/web:http', '-m comment --comment "default/web:http"'],
    ['-m comment --comment "it\'s"', `-m comment --comment "it\\'s"`],
    ['-m comment --comment ""', '-m comment --comment ""'],
    [
      '-m comment --comment "$(reboot) `id` ${x} %{y}" -j DROP',
      '-m comment --comment "$(reboot) `id` ${x} %{y}" -j DROP',
    ],
    ['-m comment --comment "-j DROP" -j ACCEPT', '-m comment --comment "-j DROP" -j ACCEPT'],
    ['-m comment --comment -j -j ACCEPT', '-m comment --comment -j -j ACCEPT'],
    ['-m comment --comment "-t nat"', '-m comment --comment "-t nat"'],
    [
      '-m comment --comment a -m comment --comment gatewright:default',
      '-m comment --comment a -m comment --comment "gatewright:default"',
    ],
    ['-m mark --mark 0x4000', '-m mark --mark 0x4000'],
    ['-m mark ! --mark 16384/0x4000', '-m mark ! --mark 0x4000/0x4000'],
    ['-m mark --mark 0/0', '-m mark --mark 0x0/0x0'],
    [
      '-m statistic --mode random --probability 0.5',
      '-m statistic --mode random --probability 0.50000000000',
    ],
    [
      '-m statistic --mode random ! --probability 0.3333333333',
      '-m statistic --mode random ! --probability 0.33333333349',
    ],
    [
      '-m statistic --mode random --probability 0.33333',
      '-m statistic --mode random --probability 0.33332999982',
    ],
    [
      '-m statistic --mode random --probability 0.000244140625',
      '-m statistic --mode random --probability 0.00024414062',
    ],
    ['-m statistic --mode random --probability 1', '-m statistic --mode random --probability 1.00000000000'],
    ['-m statistic --mode nth --packet 0 --every 3', '-m statistic --mode nth --every 3 --packet 0'],
    ['-m addrtype --dst-type LOCAL', '-m addrtype --dst-type LOCAL'],
    [
      '-m addrtype --dst-type local,unicast ! --src-type BROADCAST',
      '-m addrtype ! --src-type BROADCAST --dst-type UNICAST,LOCAL',
    ],
    ['-m addrtype --limit-iface-out --src-type LOCAL', '-m addrtype --src-type LOCAL --limit-iface-out'],
    ['-m addrtype --limit-iface-in --dst-type LOCAL', '-m addrtype --dst-type LOCAL --limit-iface-in'],
    ['-m conntrack --ctstate ESTABLISHED,RELATED', '-m conntrack --ctstate RELATED,ESTABLISHED'],
    ['-m conntrack ! --ctstate new,DNAT', '-m conntrack ! --ctstate NEW,DNAT'],
    [
      '-m conntrack --ctdir ORIGINAL --ctstate NEW --ctproto tcp',
      '-m conntrack --ctstate NEW --ctproto 6 --ctdir ORIGINAL',
    ],
    [
      '-m conntrack --ctorigdst 10.1.1.1/8 --ctorigsrc 10.0.0.1/32',
      '-m conntrack --ctorigsrc 10.0.0.1 --ctorigdst 10.1.1.1/8',
    ],
    [
      '-m conntrack ! --ctrepldst 10.0.0.1 --ctreplsrc 10.0.0.0/24',
      '-m conntrack --ctreplsrc 10.0.0.0/24 ! --ctrepldst 10.0.0.1',
    ],
    [
      '-m conntrack --ctproto udp --ctorigdstport 53 --ctorigsrcport 5:9 --ctreplsrcport 6 --ctrepldstport 7',
      '-m conntrack --ctproto 17 --ctorigsrcport 5:9 --ctorigdstport 53 --ctreplsrcport 6 --ctrepldstport 7',
    ],
    [
      '-m conntrack --ctexpire 5:10 --ctstatus ASSURED,SEEN_REPLY',
      '-m conntrack --ctstatus SEEN_REPLY,ASSURED --ctexpire 5:10',
    ],
    ['-m state --state NEW,ESTABLISHED,RELATED', '-m state --state NEW,RELATED,ESTABLISHED'],
  ]),
  ...inChain('filter', 'T1', [
    ['-m limit', '-m limit --limit 3/hour'],
    ['-m limit --limit 5/minute --limit-burst 5', '-m limit --limit 5/min'],
    ['-m limit --limit 120/minute --limit-burst 7', '-m limit --limit 2/sec --limit-burst 7'],
    ['-m limit --limit 3001/s', '-m limit --limit 3333/sec'],
    [
      '-p tcp -m connlimit --connlimit-above 2',
      '-p tcp -m connlimit --connlimit-above 2 --connlimit-mask 32 --connlimit-saddr',
    ],
    [
      '-m connlimit ! --connlimit-upto 2 --connlimit-daddr --connlimit-mask 24',
      '-m connlimit --connlimit-above 2 --connlimit-mask 24 --connlimit-daddr',
    ],
    [
      '-m connlimit --connlimit-upto 2 --connlimit-saddr',
      '-m connlimit --connlimit-upto 2 --connlimit-mask 32 --connlimit-saddr',
    ],
    [
      '-m hashlimit --hashlimit-name h1 --hashlimit-mode dstport,srcip --hashlimit 60/min',
      '-m hashlimit --hashlimit-upto 1/sec --hashlimit-burst 5 --hashlimit-mode srcip,dstport --hashlimit-name h1 --hashlimit-htable-expire 60000',
    ],
    [
      '-m hashlimit --hashlimit-above 5/min --hashlimit-name h2 --hashlimit-burst 9 --hashlimit-htable-size 64 --hashlimit-htable-max 100 --hashlimit-htable-gcinterval 500 --hashlimit-htable-expire 3000 --hashlimit-srcmask 24 --hashlimit-dstmask 32',
      '-m hashlimit --hashlimit-above 5/min --hashlimit-burst 9 --hashlimit-name h2 --hashlimit-htable-size 64 --hashlimit-htable-max 100 --hashlimit-htable-gcinterval 500 --hashlimit-htable-expire 3000 --hashlimit-srcmask 24',
    ],
    [
      '-m hashlimit ! --hashlimit-upto 5/hour --hashlimit-name h3 --hashlimit-dstmask 8',
      '-m hashlimit --hashlimit-above 5/hour --hashlimit-burst 5 --hashlimit-name h3 --hashlimit-dstmask 8',
    ],
    [
      '-m recent --name ssh --update --rdest --hitcount 4 --reap --seconds 60 --rttl',
      '-m recent --update --seconds 60 --reap --hitcount 4 --rttl --name ssh --mask 255.255.255.255 --rdest',
    ],
    ['-m recent --set', '-m recent --set --name DEFAULT --mask 255.255.255.255 --rsource'],
    [
      '-m recent ! --rcheck --mask 255.255.0.0',
      '-m recent ! --rcheck --name DEFAULT --mask 255.255.0.0 --rsource',
    ],
    ['-m recent --remove --rsource --name x', '-m recent --remove --name x --mask 255.255.255.255 --rsource'],
  ]),
  ...inChain('filter', 'T1', [
    ['-m length ! --length 100:', '-m length ! --length 100:65535'],
    ['-m mac --mac-source AA:bb:CC:dd:EE:ff', '-m mac --mac-source aa:bb:cc:dd:ee:ff'],
    ['-m pkttype ! --pkt-type host', '-m pkttype ! --pkt-type unicast'],
    ['-p tcp -m tcpmss --mss 500:1000', '-p tcp -m tcpmss --mss 500:1000'],
    ['-m tos --tos 16', '-m tos --tos 0x10/0xff'],
    ['-m tos ! --tos Minimize-Delay', '-m tos ! --tos 0x10/0x3f'],
    ['-m dscp --dscp 10', '-m dscp --dscp 0x0a'],
    ['-m dscp ! --dscp-class EF', '-m dscp ! --dscp 0x2e'],
    ['-m dscp --dscp-class AF31', '-m dscp --dscp 0x1a'],
    ['-m dscp --dscp-class CS6', '-m dscp --dscp 0x30'],
    ['-p icmp --icmp-type echo-request', '-p icmp -m icmp --icmp-type 8'],
    ['-p icmp ! --icmp-type 3/4', '-p icmp -m icmp ! --icmp-type 3/4'],
    ['-p icmp -m icmp --icmp-type 255', '-p icmp -m icmp --icmp-type any'],
    ['-m ttl ! --ttl 5', '-m ttl ! --ttl-eq 5'],
    ['-m ttl --ttl-lt 5', '-m ttl --ttl-lt 5'],
    ['-m ttl --ttl-gt 5', '-m ttl --ttl-gt 5'],
    [
      '-p tcp -m multiport --destination-ports 80,443,8000:8080',
      '-p tcp -m multiport --dports 80,443,8000:8080',
    ],
    ['-p udp -m multiport ! --source-ports 53', '-p udp -m multiport ! --sports 53'],
    ['-p sctp -m multiport --ports 5,7', '-p sctp -m multiport --ports 5,7'],
    ['-m connmark ! --mark 5/0xff', '-m connmark ! --mark 0x5/0xff'],
    ['-m helper ! --helper ftp', '-m helper ! --helper ftp'],
    [
      '-m physdev --physdev-is-bridged ! --physdev-out e1 --physdev-in e0',
      '-m physdev --physdev-in e0 ! --physdev-out e1 --physdev-is-bridged',
    ],
    ['-m physdev ! --physdev-is-in --physdev-is-out', '-m physdev ! --physdev-is-in --physdev-is-out'],
    ['-m set ! --match-set S2 src,dst', '-m set ! --match-set S2 src,dst'],
    [
      '-m set --match-set S1 dst ! --update-subcounters ! --update-counters --return-nomatch',
      '-m set --match-set S1 dst --return-nomatch ! --update-counters ! --update-subcounters',
    ],
    [
      '-m iprange --dst-range 10.0.0.9 ! --src-range 10.0.0.1-10.0.0.5',
      '-m iprange ! --src-range 10.0.0.1-10.0.0.5 --dst-range 10.0.0.9-10.0.0.9',
    ],
    ['-m policy --pol ipsec --dir in', '-m policy --dir in --pol ipsec'],
    [
      '-m policy --dir out --pol ipsec --strict --spi 5 --tunnel-src 10.0.0.1 ! --tunnel-dst 10.0.0.2 --mode tunnel --proto esp --reqid 7',
      '-m policy --dir out --pol ipsec --strict --reqid 7 --spi 0x5 --proto esp --mode tunnel ! --tunnel-dst 10.0.0.2 --tunnel-src 10.0.0.1',
    ],
    [
      '-m connbytes --connbytes 100: --connbytes-dir both --connbytes-mode bytes',
      '-m connbytes --connbytes 100 --connbytes-mode bytes --connbytes-dir both',
    ],
    [
      '-m string --string "-j" --algo bm --from 5 --to 9 --icase',
      '-m string --string "-j" --algo bm --from 5 --to 9 --icase',
    ],
    ['-m string ! --hex-string "|dead78|" --algo kmp', '-m string ! --hex-string "|dead78|" --algo kmp'],
    ['-m u32 --u32 "0x0>>0x16=0x1"', '-m u32 --u32 "0x0>>0x16=0x1"'],
    ['-m bpf --bytecode "1,6 0 0 0"', '-m bpf --bytecode "1,6 0 0 0"'],
    ['-p esp --espspi 5', '-p esp -m esp --espspi 5'],
    ['-p ah --ahspi 5', '-p ah -m ah --ahspi 5'],
    // Modules that the vocabulary does not know keep their words.
    ['-m cpu ! --cpu 0 -j ACCEPT', '-m cpu ! --cpu 0 -j ACCEPT'],
    ['-m quota --quota 1000 -m comment --comment x', '-m quota --quota 1000 -m comment --comment x'],
  ]),
  ...inChain('filter', 'OUTPUT', [
    [
      '-m owner ! --gid-owner 7 --uid-owner 5-9 --socket-exists',
      '-m owner --socket-exists --uid-owner 5-9 ! --gid-owner 7',
    ],
    ['-m owner --uid-owner 5-5', '-m owner --uid-owner 5'],
  ]),
  ...inChain('raw', 'PREROUTING', [
    ['-m rpfilter --invert --accept-local --validmark', '-m rpfilter --validmark --accept-local --invert'],
    ['-m rpfilter --loose', '-m rpfilter --loose'],
    ['-m socket --nowildcard --transparent', '-m socket --transparent --nowildcard'],
    ['-m socket --restore-skmark', '-m socket --restore-skmark'],
    ['-j NOTRACK', '-j NOTRACK'],
    ['-j CT --notrack', '-j CT --notrack'],
    ['-j CT --ctevents new,destroy --zone 5', '-j CT --ctevents new,destroy --zone 5'],
    ['-p tcp -j CT --helper ftp', '-p tcp -j CT --helper ftp'],
    ['-j TRACE', '-j TRACE'],
  ]),
  ...inChain('nat', 'PREROUTING', [
    ['-p tcp -j DNAT --to-destination 10.5.75.2:3000', '-p tcp -j DNAT --to-destination 10.5.75.2:3000'],
    [
      '-p tcp -j DNAT --to-destination 10.0.0.1-10.0.0.5:80-90/100 --persistent --random',
      '-p tcp -j DNAT --to-destination 10.0.0.1-10.0.0.5:80-90/100 --random --persistent',
    ],
    ['-p udp -j DNAT --to-destination :53', '-p udp -j DNAT --to-destination :53'],
    ['-j DNAT --to-destination 10.0.0.1-10.0.0.1', '-j DNAT --to-destination 10.0.0.1'],
    ['-p tcp -j REDIRECT --to-port 8080 --random', '-p tcp -j REDIRECT --to-ports 8080 --random'],
    ['-j NETMAP --to 10.0.0.9/24', '-j NETMAP --to 10.0.0.0/24'],
  ]),
  ...inChain('nat', 'POSTROUTING', [
    [
      '-j SNAT --to-source 10.0.0.1 --persistent --random-fully --random',
      '-j SNAT --to-source 10.0.0.1 --random --random-fully --persistent',
    ],
    ['-p tcp -j SNAT --to-source 10.0.0.1:1024-2048', '-p tcp -j SNAT --to-source 10.0.0.1:1024-2048'],
    ['-j MASQUERADE', '-j MASQUERADE'],
    ['-j MASQUERADE --random-fully --random', '-j MASQUERADE --random --random-fully'],
    ['-p udp -j MASQUERADE --to-ports 1024-2048', '-p udp -j MASQUERADE --to-ports 1024-2048'],
  ]),
  ...inChain('filter', 'FORWARD', [
    ['-j REJECT', '-j REJECT --reject-with icmp-port-unreachable'],
    ['-j REJECT --reject-with admin-prohib', '-j REJECT --reject-with icmp-admin-prohibited'],
    ['-p tcp -j REJECT --reject-with tcp-rst', '-p tcp -j REJECT --reject-with tcp-reset'],
  ]),
  ...inChain('mangle', 'T1', [
    ['-j MARK --set-mark 0x4000', '-j MARK --set-xmark 0x4000/0xffffffff'],
    ['-j MARK --set-mark 5/0xa', '-j MARK --set-xmark 0x5/0xf'],
    ['-j MARK --or-mark 0x4000', '-j MARK --set-xmark 0x4000/0x4000'],
    ['-j MARK --and-mark 5', '-j MARK --set-xmark 0x0/0xfffffffa'],
    ['-j MARK --xor-mark 0x4000', '-j MARK --set-xmark 0x4000/0x0'],
    ['-j MARK --set-xmark 0x80000000/0x80000000', '-j MARK --set-xmark 0x80000000/0x80000000'],
    ['-j CONNMARK --set-mark 5', '-j CONNMARK --set-xmark 0x5/0xffffffff'],
    ['-j CONNMARK --or-mark 5', '-j CONNMARK --set-xmark 0x5/0x5'],
    ['-j CONNMARK --and-mark 5', '-j CONNMARK --set-xmark 0x0/0xfffffffa'],
    ['-j CONNMARK --xor-mark 5', '-j CONNMARK --set-xmark 0x5/0x0'],
    ['-j CONNMARK --set-xmark 5/6', '-j CONNMARK --set-xmark 0x5/0x6'],
    ['-j CONNMARK --save-mark', '-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff'],
    ['-j CONNMARK --restore-mark --mask 0xff', '-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff'],
    [
      '-j CONNMARK --restore-mark --ctmask 0xf0 --nfmask 0xf',
      '-j CONNMARK --restore-mark --nfmask 0xf --ctmask 0xf0',
    ],
    ['-j CLASSIFY --set-class 1:A', '-j CLASSIFY --set-class 0001:000a'],
    ['-j TEE --gateway 10.0.0.1 --oif eth0', '-j TEE --gateway 10.0.0.1 --oif eth0'],
    ['-j CHECKSUM --checksum-fill', '-j CHECKSUM --checksum-fill'],
    ['-j TOS --set-tos Maximize-Throughput', '-j TOS --set-tos 0x08/0x3f'],
    ['-j DSCP --set-dscp-class EF', '-j DSCP --set-dscp 0x2e'],
    ['-j TTL --ttl-set 5', '-j TTL --ttl-set 5'],
    ['-j TTL --ttl-dec 1', '-j TTL --ttl-dec 1'],
    ['-j TTL --ttl-inc 1', '-j TTL --ttl-inc 1'],
    [
      '-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu',
      '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --clamp-mss-to-pmtu',
    ],
    [
      '-p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1400',
      '-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1400',
    ],
    ['-p tcp -j TPROXY --on-port 50', '-p tcp -j TPROXY --on-port 50 --on-ip 0.0.0.0 --tproxy-mark 0x0/0x0'],
    [
      '-p udp -j TPROXY --tproxy-mark 1 --on-ip 10.0.0.1 --on-port 5',
      '-p udp -j TPROXY --on-port 5 --on-ip 10.0.0.1 --tproxy-mark 0x1/0xffffffff',
    ],
    ['-j SET --add-set S1 src --exist --timeout 5', '-j SET --add-set S1 src --exist --timeout 5'],
    ['-j SET --del-set S2 src,dst', '-j SET --del-set S2 src,dst'],
    [
      '-j SET --map-set S3 src --map-mark --map-prio --map-queue',
      '-j SET --map-set S3 src --map-mark --map-prio --map-queue',
    ],
  ]),
  ...inChain('filter', 'T1', [
    ['-j LOG', '-j LOG'],
    ['-j LOG --log-level 4 --log-prefix GW', '-j LOG --log-prefix GW'],
    [
      '-j LOG --log-prefix "GW: " --log-level debug --log-uid --log-ip-options --log-tcp-options --log-tcp-sequence --log-macdecode',
      '-j LOG --log-prefix "GW: " --log-level 7 --log-tcp-sequence --log-tcp-options --log-ip-options --log-uid --log-macdecode',
    ],
    ['-j NFLOG --nflog-group 0', '-j NFLOG'],
    [
      '-j NFLOG --nflog-threshold 5 --nflog-size 100 --nflog-group 2 --nflog-prefix a:b',
      '-j NFLOG --nflog-prefix "a:b" --nflog-group 2 --nflog-size 100 --nflog-threshold 5',
    ],
    ['-j NFQUEUE', '-j NFQUEUE --queue-num 0'],
    ['-j NFQUEUE --queue-bypass --queue-num 5', '-j NFQUEUE --queue-num 5 --queue-bypass'],
    [
      '-j NFQUEUE --queue-cpu-fanout --queue-balance 0:3',
      '-j NFQUEUE --queue-balance 0:3 --queue-cpu-fanout',
    ],
    // A target that the vocabulary does not know keeps its words.
    ['-j AUDIT --type accept', '-j AUDIT --type accept'],
  ]),
  ...inChain('nat', 'POSTROUTING', [
    [
      '-m ipvs --vport 8888 --vaddr 182.16.100.101/32 --vproto tcp --vmethod MASQ',
      '-m ipvs --vproto 6 --vaddr 182.16.100.101 --vport 8888 --vmethod MASQ',
    ],
    ['-m ipvs --ipvs', '-m ipvs --ipvs'],
    ['-m ipvs ! --vportctl 21 --vdir ORIGINAL', '-m ipvs --vdir ORIGINAL ! --vportctl 21'],
  ]).map((row) => ({ ...row, untried: 'the kernel of the tests has no IPVS' })),
];

function inChain(
  table: VocabularyRow['table'],
  chain: string,
  rows: readonly (readonly [given: string, saved: string])[],
): VocabularyRow[] {
  return rows.map(([given, saved]) => ({ table, chain, given, saved }));
}
