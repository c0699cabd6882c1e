// The lines of the runbook, as they stand there: words, blanks and line ends. Used by main.ts, part by part.
//
// What it lists (-nL) and removes (-X, -D, -d) is left out: a plan shows what is there, and what no line declares is removed.

/** Pasted: the chains, and the marks that they set. */
export const CHAINS = String.raw`
iptables -t nat  -N KUBE-SERVICES
iptables -t nat  -N KUBE-MARK-MASQ
iptables -t nat  -N KUBE-MARK-DROP
iptables -t nat  -N KUBE-LOAD-BALANCER

iptables   -t nat  -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
# 对 nat 表  KUBE-MARK-MASQ 链
iptables   -t nat  -A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000
iptables   -t nat  -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
iptables -t nat  -A KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ
`;

/** Pasted: the set of cluster IPs, and the rules that ask it. */
export const SERVICES = String.raw`
ipset create   KUBE-CLUSTER-IP hash:ip,port
ipset add    KUBE-CLUSTER-IP  10.96.0.1,tcp:443

iptables -t nat -A KUBE-SERVICES \
! -s 10.244.0.0/16 \
-m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" \
-m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ
iptables -t nat -A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
iptables -t nat -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
`;

/**
 * The rules are pasted, each with the `iptables -t nat` that the runbook's listing in saved form leaves away. The chain and the jump
 * to it stand there only as a listing.
 */
export const POSTROUTING = String.raw`
iptables -t nat -N KUBE-POSTROUTING
iptables -t nat -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
iptables -t nat -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
iptables -t nat -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
iptables -t nat -A KUBE-POSTROUTING \
-m comment --comment "kubernetes service traffic requiring SNAT" \
-j MASQUERADE --random-fully
`;

/** What kube-proxy had left behind when the runbook began, and its listings show: the cluster IP on a device, its virtual server. */
export const LEFT_BEHIND = `
ip link add kube-ipvs0 type dummy
ip addr add 10.96.0.1/32 dev kube-ipvs0
ipvsadm -A -t 10.96.0.1:443 -s rr
`;

/** Pasted: the node's own API server, and a web server in its place or beside it. */
export const REAL_SERVERS = String.raw`
ipvsadm -a -t 10.96.0.1:443  -r 172.16.100.5:80 -m
ipvsadm -a -t 10.96.0.1:443  -r 172.16.100.13:6443  -m
`;

/** Pasted: the section "rebuild-ok", a service IP of one's own. Its two sysctls stood in a file, `net.ipv4.ip_forward = 1`. */
export const OWN_SERVICE_IP = String.raw`
ip addr add 182.16.100.101/24 dev enp0s5
ipvsadm -A -t 182.16.100.101:8888  -s rr
ipvsadm -a -t 182.16.100.101:8888  -r 172.16.100.5:80 -m

iptables -t nat -I POSTROUTING 1 -s 182.16.100.101/24 ! -d 182.16.100.101/24 -j MASQUERADE --random-fully
iptables -t filter   -P  FORWARD  ACCEPT

sysctl net.ipv4.ip_forward=1
sysctl net.ipv4.vs.conntrack=1
`;
