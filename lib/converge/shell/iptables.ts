// Shell functions of iptables and ip6tables: run a step, and try rules in a namespace. subsystem-shell.ts puts them together.

/**
 * Exit code 4 of iptables-restore means a lock or a resource, but some wrong rules too: each try is atomic, and three are
 * enough. In a proof, sets of others stand as on the host, empty.
 */
export const IPTABLES_SHELL = `
save_of() { case $1 in ipv4) iptables-save ;; ipv6) ip6tables-save ;; esac; }
restore() {
  for try in 1 2 3; do
    case $1 in
      ipv4) iptables-restore --noflush -w 10 < "$2"; code=$? ;;
      ipv6) ip6tables-restore --noflush -w 10 < "$2"; code=$? ;;
    esac
    [ "$code" -eq 4 ] || return "$code"
    sleep 1
  done
  return 4
}
run_ipv4() { restore ipv4 "$1"; }
run_ipv6() { restore ipv6 "$1"; }
prepare_ipv4() { stand_in_sets ipv4.text; }
prepare_ipv6() { stand_in_sets ipv6.text; }
stand_in_sets() {
  if command -v ipset > /dev/null && grep -q -e '--match-set' -e '-j SET ' "$work/$1"; then
    ipset list -t -o save | grep '^create ' > "$work/sets"
  fi
}
sets_of_others() {
  [ -s sets ] || return 0
  ipset list -n > sets.here
  awk 'FILENAME == ARGV[1] { here[$0]; next } !($2 in here)' sets.here sets > sets.others
  ipset restore < sets.others
}
prove_ipv4() { sets_of_others; iptables-restore < "$1"; }
prove_ipv6() { sets_of_others; ip6tables-restore < "$1"; }
save_ipv4() { iptables-save; }
save_ipv6() { ip6tables-save; }
`;
