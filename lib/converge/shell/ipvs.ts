// Shell functions of subsystem ipvs: read, run a step, take one back, print fingerprints, count connections, and try in a namespace. programs.ts sends them.

/**
 * A TCP connection that both ends have closed (TIME_WAIT) counts as inactive for two minutes more: it has ended, and is
 * not counted here. Behind a firewall mark they cannot be told apart, so there they are waited for.
 *
 * `ipvsadm -Sn` tells all but the thresholds, which stand in the listing: they are put behind each real server. Where
 * IPVS is not loaded nothing is there; ipvsadm is not asked then, since it would load it.
 */
const LINES = `
ipvs_listing='
  { real = "" }
  $1 == "FWM" { server = "-f " $2 ($3 == "IPv6" ? " -6" : "") }
  $1 == "TCP" { server = "-t " $2 }
  $1 == "UDP" { server = "-u " $2 }
  $1 == "SCTP" { server = "--sctp-service " $2 }
  $1 == "->" && $2 ~ /[0-9]$/ { real = server " -r " $2 }
'
ipvs_lines() {
  [ -e /proc/net/ip_vs ] || return 0
  whole "$work/ipvs.listed" ipvsadm -Ln --thresholds && whole "$work/ipvs.saved" ipvsadm -Sn || return 1
  awk "$ipvs_listing"'
    FILENAME == ARGV[1] {
      if (real != "" && $3 > 0) limits[real] = " -x " $3
      if (real != "" && $4 > 0) limits[real] = limits[real] " -y " $4
      next
    }
    $1 == "-a" {
      key = $2 " " $3
      for (i = 4; $i != "-r"; i++) key = key " " $i
      sub(/ +$/, "")
      print $0 limits[key " -r " $(i + 1)]
      next
    }
    !/^#/ { print }
  ' "$work/ipvs.listed" "$work/ipvs.saved"
}
count_ipvs() {
  [ -e /proc/net/ip_vs ] || return 0
  whole "$work/ipvs.listed" ipvsadm -Ln --thresholds || return 1
  whole "$work/ipvs.connections" ipvsadm -Lnc || return 1
  awk "$ipvs_listing"'
    FILENAME == ARGV[1] {
      if (real != "") { count[real] = $5 + $6; order[++amount] = real }
      next
    }
    $1 == "TCP" && $3 == "TIME_WAIT" { ended["-t " $5 " -r " $6]++ }
    END {
      for (i = 1; i <= amount; i++) {
        left = count[order[i]] - ended[order[i]]
        print "real-server " order[i] " " (left > 0 ? left : 0)
      }
    }
  ' "$work/ipvs.listed" "$work/ipvs.connections"
}
`;

/**
 * `ipvsadm -R` goes on after what the kernel refuses, and exits with 0: only its words tell. Of an inverse whose step
 * stopped half-way they may be that something is there already, or gone: what counts then are the fingerprints.
 */
const STEPS = `
run_ipvs() { ipvsadm -R < "$1" > "$work/ipvs.said" 2>&1 && [ ! -s "$work/ipvs.said" ] && return 0; cat "$work/ipvs.said"; return 1; }
undo_ipvs() {
  [ -e /proc/net/ip_vs ] || return 0
  ipvsadm -R < "$1" > "$work/ipvs.said" 2>&1
  code=$?
  grep -v -e 'already exists$' -e '^No such ' -e 'not defined$' "$work/ipvs.said"
  return "$code"
}
`;

/**
 * A namespace knows no address for unicast before its lo is up (measured). No words of ipvsadm name the line, so the
 * lines of a text that is refused are tried one by one.
 */
const PROOF = `
prepare_ipvs() { :; }
prove_ipvs() {
  ip link set lo up
  said=$(run_ipvs "$1") && return 0
  ipvsadm -C
  number=0
  while IFS= read -r line; do
    number=$((number + 1))
    printf '%s\\n' "$line" > ipvs.line
    words=$(run_ipvs ipvs.line) || { echo "line $number: $words"; return 1; }
  done < "$1"
  echo "$said"
  return 1
}
save_ipvs() { ipvs_lines; }
`;

/** `count_ipvs`, `read_ipvs`, `run_ipvs FILE`, `undo_ipvs FILE`, `fingerprint_ipvs`, `prepare_ipvs`, `prove_ipvs FILE`, `save_ipvs`. */
export const IPVS_SHELL = `${LINES}${STEPS}${PROOF}
read_ipvs() { ipvs_lines; }
fingerprint_ipvs() { ipvs_lines; }
`;
