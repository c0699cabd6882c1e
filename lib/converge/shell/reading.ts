// The part of a program that reads a host: manifest, declared record, sysctls, iptables-save. Used by read.ts and transact.ts.
import { BACKENDS } from './backends';
import { CAME_BY } from './came-by';
import { CONNTRACK_TOOL } from './conntrack';

/**
 * `reading FILE`: the file holds the scope, the digest that the client knows, what else to read, the modules to load
 * (where a kernel has no list of its modules, it shows them in other ways), then one path below /proc/sys per line.
 * The declared record's first line is its digest; it is sent only where the client knows another one. Where `keeps` is set, the
 * rules stay in the folder too, as `read.ipv4`: what a transaction decides on is what it goes back to.
 */
export const READING = `${CAME_BY}${BACKENDS}${CONNTRACK_TOOL}
read_file() { begin "$1"; cat "$2"; end "$1" $?; }
require_for() {
  case $1 in
    ipv6) require ip6tables-save ip6tables-restore ;;
    ipvs) require ipvsadm ;;
    boot | kubeproxy) ;;
    *) require "$1" ;;
  esac
}
read_ipv6() { read_rules ipv6; }
read_rules() {
  if [ -n "$keeps" ] && whole "$work/read.$1" save_of "$1"; then cat "$work/read.$1"; return; fi
  rm -f "$work/read.$1"
  save_of "$1"
}
read_kubeproxy() {
  for comm in /proc/[0-9]*/comm; do
    IFS= read -r title < "$comm" && [ "$title" = kube-proxy ] && echo "\${comm%/comm}"
  done 2> /dev/null
  return 0
}
read_modules() {
  begin modules
  for module in $modules; do has_module "$module" || echo "$module"; done
  end modules 0
}
has_module() {
  if [ -d "/sys/module/$1" ]; then return 0; fi
  case $1 in dummy) without='numdummies=0' ;; *) without= ;; esac
  modprobe -q "$1" $without 2> /dev/null && return 0
  grep -q "/$1\\.ko" "/lib/modules/$(uname -r)/modules.builtin" 2> /dev/null || shows_module "$1"
}
shows_module() {
  case $1 in
    ip_vs) [ -e /proc/net/ip_vs ] ;;
    ip_vs_pe_*) unshare -n ipvsadm -A -f 1 --pe "\${1#ip_vs_pe_}" 2> /dev/null ;;
    ip_vs_*) unshare -n ipvsadm -A -f 1 -s "\${1#ip_vs_}" 2> /dev/null ;;
    ip_set*) ipset list -n > /dev/null 2>&1 ;;
    xt_*) grep -q -x "\${1#xt_}" /proc/net/ip_tables_matches 2> /dev/null ;;
    nf_conntrack) [ -e /proc/sys/net/netfilter/nf_conntrack_max ] ;;
    dummy | ipip) unshare -n ip link add gwprobe type "$1" 2> /dev/null ;;
    *) return 1 ;;
  esac
}
read_sysctls() {
  begin sysctls
  while IFS= read -r path; do
    if [ -f "/proc/sys/$path" ]; then live_value "$path" && printf '%s = %s\\n' "$path" "$value"
    else printf '%s absent\\n' "$path"; fi
  done
  end sysctls 0
}
read_memory() {
  IFS= read -r scope
  IFS= read -r digest
  IFS= read -r reads
  IFS= read -r modules
  for name in $reads; do require_for "$name"; done
  read_modules
  [ ! -f "$state/current/manifest.json" ] || read_file manifest "$state/current/manifest.json"
  if [ -f "$state/current/declared/$scope" ]; then
    IFS= read -r known < "$state/current/declared/$scope"
    [ "$known" = "$digest" ] || read_file declared "$state/current/declared/$scope"
  fi
  read_sysctls
}
reading() {
  read_memory < "$1"
  read_came_by
  begin ipv4
  read_rules ipv4
  end ipv4 $?
  read_backends "$reads"
  read_conntrack
  for name in $reads; do
    begin "$name"
    "read_$name"
    end "$name" $?
  done
  say read
}
`;
