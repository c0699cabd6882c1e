// Shell functions that read the back-end of iptables that is not in use: rules there act on packets too. reading.ts runs them.

/**
 * Which back-end `iptables` is tells the file that it leads to; a wrapper in its place is asked. The other one is read where it can
 * hold anything, and where the reading has no side effect: plain `iptables-legacy-save` shows the tables that are in use and makes none;
 * `iptables-nft-save` would have the kernel load nf_tables. Where the kernel cannot do nft the tool may fail, and has nothing then.
 */
export const BACKENDS = `
name_backend() {
  backend=unknown
  command -v iptables-save > "$work/tool" && IFS= read -r tool < "$work/tool"
  for kind in nft legacy; do
    command -v "iptables-$kind-save" > "$work/named" && IFS= read -r named < "$work/named" &&
      [ "$tool" -ef "$named" ] && backend=$kind
  done
  [ "$backend" = unknown ] || return 0
  iptables-save -V > "$work/tool" 2> /dev/null < /dev/null
  IFS= read -r named < "$work/tool"
  case $named in *nf_tables*) backend=nft ;; *legacy*) backend=legacy ;; esac
}
knows_nft() {
  [ -e /proc/modules ] && [ ! -d /sys/module/nf_tables ] || return 0
  IFS= read -r release < /proc/sys/kernel/osrelease
  grep -q '/nf_tables\\.ko' "/lib/modules/$release/modules.builtin" 2> /dev/null
}
read_backends() {
  name_backend
  begin backend
  echo "$backend"
  end backend 0
  read_beside ipv4 iptables /proc/net/ip_tables_names
  case " $1 " in *' ipv6 '*) read_beside ipv6 ip6tables /proc/net/ip6_tables_names ;; esac
}
read_beside() {
  case $backend in
    nft)
      beside=$2-legacy-save
      [ -e "$3" ] || return 0
      IFS= read -r used < "$3" || return 0 ;;
    legacy) beside=$2-nft-save; knows_nft || return 0 ;;
    *) return 0 ;;
  esac
  command -v "$beside" > /dev/null || return 0
  begin "beside-$1"
  "$beside"
  code=$?
  [ "$backend" = nft ] || code=0
  end "beside-$1" "$code"
}
`;
