// Shell functions of subsystem ip: read, run a step, take one back, print fingerprints, and try in a namespace. programs.ts sends them.
import { IP_AWK } from './ip-awk';

/** Of the shell's own expansions. */
const DOLLAR = '$';

/** As few processes as can be: on small hosts each costs more than what it shows. Kernels without IPv6 have none of its routes. */
const READING = String.raw`
ip_shown() {
  printf 'link show type dummy\nlink show\naddr show\n' | ip -o -N -batch - || return 1
  ip_shown_of 4 || return 1
  [ -e /proc/net/if_inet6 ] || return 0
  echo '# 6'
  ip_shown_of 6
}
ip_shown_of() { printf 'route show table all\nrule show\n' | ip -o -d -N "-$1" -batch -; }
ip_lines() {
  whole "$work/ip.shown" ip_shown || return 1
  awk -v variants="$1" '${IP_AWK}' "$work/ip.shown"
}
read_ip() { ip_lines 0; }
fingerprint_ip() { ip_lines 1; }
`;

/**
 * A step's lines are what stands behind ip, those of IPv6 after -6, which a batch cannot say by itself: so it runs as
 * several, one for each run of lines of one family. ip names the line of its own batch: from that comes the line of the text.
 */
const BATCHES = String.raw`
ip_batches() {
  rm -f "$work"/ip.batch.*
  awk -v to="$work/ip.batch." '{
    family = $1 == "-6" ? 6 : 4
    if (family != last) { if (file != "") close(file); file = sprintf("%s%06d.%s", to, NR, family); last = family }
    sub(/^-6 /, "")
    print > file
  }' "$1"
  result=0
  for batch in "$work"/ip.batch.*; do
    [ -f "$batch" ] || continue
    ip "-${DOLLAR}{batch##*.}" $2 -batch "$batch" > "$work/ip.said" 2>&1 && continue
    result=1
    start=${DOLLAR}{batch%.*}
    awk -v start="${DOLLAR}{start##*.}" '
      /^Command failed / { sub(/.*:/, ""); print "Error occurred at line: " start + $0 - 1; next }
      { print }' "$work/ip.said"
    [ -n "$2" ] || break
  done
  return "$result"
}
`;

/**
 * Deleting an address takes with it the other addresses of its network, unless they are promoted, and routes that lean on
 * it; so does a link that goes down. From a route of IPv6 goes the source alone. What was not to go comes back by the same step;
 * what cannot yet is kept in FILE.lost, for when the step is taken back.
 */
const KEEPING = String.raw`
promote=/proc/sys/net/ipv4/conf/all/promote_secondaries
takes_away() { grep -q -E '(^| )(addr del|link del|link set .* down)' "$1"; }
ip_changes() {
  if ! takes_away "$1"; then ip_batches "$1" "$2"; return; fi
  ip_lines 2 > "$work/ip.before" || return 1
  promoted=$(cat "$promote") && echo 1 > "$promote" || return 1
  ip_batches "$1" "$2"; changed=$?
  echo "$promoted" > "$promote" || changed=1
  ip_restore "$1" > "$work/ip.restored" || changed=1
  return "$changed"
}
ip_restore() {
  ip_lines 1 > "$work/ip.after" || return 1
  awk -F '\t' 'FILENAME == ARGV[1] { there[$0]; next }
    FILENAME == ARGV[2] { sub(/route (del|replace) /, "route add "); meant[$0]; next }
    /route add / && !/ proto 2 / && !($1 in there) && !($1 in meant) && !($2 in meant) {
      sub(/route add /, "route replace ", $1); print $1
    }' "$work/ip.after" "$1" "$work/ip.before" > "$1.lost"
  [ -s "$1.lost" ] || return 0
  await_sources "$1.lost"
  # The gateway of one may be reached by another of them, so what failed is tried once more.
  for try in 1 2; do ip_batches "$1.lost" -force && rm "$1.lost" && break; done
  return 0
}
`;

/** A route of IPv6 may name a source only when the kernel has seen that nobody else has that address. */
const AWAITING = String.raw`
ip_sources() { sed -n 's/^-6 route .* src \([^ ]*\).*/\1/p' "$1" | sort -u; }
await_sources() {
  sources=$(ip_sources "$1")
  [ -n "$sources" ] || return 0
  tries=50
  while [ "$tries" -gt 0 ]; do
    ip -o -6 addr show tentative > "$work/ip.tentative"
    waiting=
    for source in $sources; do grep -q -F " $source/" "$work/ip.tentative" && waiting=$source; done
    [ -n "$waiting" ] || return 0
    tries=$((tries - 1))
    sleep 0.1 2> /dev/null || { sleep 1; tries=$((tries - 9)); }
  done
}
run_ip() {
  await_sources "$1"
  ip_changes "$1" '' > "$work/ip.refusal" && return 0
  awk 'FILENAME == ARGV[1] { text[FNR] = $0; next }
    sub(/^Error occurred at line: /, "") { print "refused: ip " text[$0]; next }
    { print }' "$1" "$work/ip.refusal"
  return 1
}
`;

/** Only what is still to be taken back runs; then what matters is whether all of it is as it was. */
const UNDOING = String.raw`
ip_pending() {
  awk 'FILENAME == ARGV[1] { there[$0]; next }
    {
      wanted = $0; isGone = 0
      if (sub(/(^|-6 )(addr|route|rule|link) del /, "&", wanted)) { isGone = 1; sub(/ del /, " add ", wanted) }
      else if (sub(/^link set .* down$/, "&", wanted)) { isGone = 1; sub(/ down$/, " up", wanted) }
      else sub(/route replace /, "route add ", wanted)
      if (isGone == (wanted in there)) print
    }' "$1" "$2"
}
undo_ip() {
  fingerprint_ip > "$work/ip.now" || return 1
  ip_pending "$work/ip.now" "$1" > "$work/ip.undo"
  await_sources "$work/ip.undo"
  ip_changes "$work/ip.undo" -force
  lost=${DOLLAR}{1%.inverse}.forward.lost
  if [ -s "$lost" ]; then await_sources "$lost"; ip_batches "$lost" -force; fi > "$work/ip.restored"
  fingerprint_ip > "$work/ip.now" || return 1
  ip_pending "$work/ip.now" "$1" > "$work/ip.left"
  sed 's/^/not undone: ip /' "$work/ip.left"
  [ ! -s "$work/ip.left" ]
}
`;

/**
 * In the namespace stand the host's devices that the text names or that have addresses, those addresses and the routes by
 * device alone, so that gateways can be found as on the host; but for what the text itself brings. Nobody else can have
 * those addresses there, so nobody is asked.
 */
const PROVING = String.raw`
prepare_ip() { ip_lines 0 > "$work/ip.host"; }
ip_stub_type() {
  if ip link add gwprobe type dummy 2> /dev/null; then ip link del gwprobe; echo dummy; else echo veth; fi
}
ip_stubs() {
  ip -o link | sed 's/^[0-9]*: //; s/[:@].*//' > "$work/ip.links"
  awk -v kind="$(ip_stub_type)" '
    function device(    i) { for (i = 1; i < NF; i++) if ($i == "dev") return $(i + 1); return "" }
    function key(    at, i) {
      i = ($1 == "-6") ? 4 : 3
      if ($(i - 2) == "addr") { at = $i; sub(/\/.*/, "", at); return at }
      at = $1 " " $(i + 1)
      for (; i < NF; i++) if ($i == "table" || $i == "metric" || $i == "tos") at = at " " $i " " $(i + 1)
      return at
    }
    FILENAME == ARGV[1] { there[$1]; next }
    FILENAME == ARGV[2] {
      for (i = 1; i < NF; i++) if ($i == "dev" || $i == "iif" || $i == "oif") named[$(i + 1)]
      if ($1 == "link" && $2 == "set") named[$3]
      if ($1 == "link" && $2 == "add") made[$3]
      if ($0 ~ /addr add /) taken["addr " device() " " key()]
      if ($0 ~ /route add /) taken["route " key()]
      next
    }
    { sub(/ # dynamic$/, "") }
    /addr add / { if (!(("addr " device() " " key()) in taken)) { used[device()]; addresses = addresses $0 "\n" }; next }
    /^link add / { links[$3]; next }
    /^link set / { up[$3]; next }
    /route add unicast .* dev / && !/ via / && !/ proto 2 / { if (!(("route " key()) in taken)) routes = routes $0 "\n" }
    END {
      for (name in links) {
        if (name in made || !(name in named || name in used)) continue
        if (!(name in there)) print "link add " name " type " kind (kind == "veth" ? " peer name gwp" ++peers : "")
        if (name in up) print "link set " name " up"
        if (name in up && !(name in there) && kind == "veth") print "link set gwp" peers " up"
      }
      printf "%s%s", addresses, routes
    }' "$work/ip.links" "$1" "$work/ip.host" > "$work/ip.stubs"
}
at_once() { sed '/^-6 addr add /s/$/ nodad/' "$1" > "$2"; }
prove_ip() {
  ip_stubs "$1"
  at_once "$work/ip.stubs" "$work/ip.standing"
  ip_batches "$work/ip.standing" -force > "$work/ip.stubbed"
  at_once "$1" "$work/ip.tried"
  ip_batches "$work/ip.tried" ''
}
save_ip() { :; }
`;

/** `read_ip`, `run_ip FILE`, `undo_ip FILE`, `fingerprint_ip`, `prepare_ip`, `prove_ip FILE`, `save_ip`. */
export const IP_SHELL = `${READING}${BATCHES}${KEEPING}${AWAITING}${UNDOING}${PROVING}`;
