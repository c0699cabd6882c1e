// Shell functions of the loader for what stands on devices: links, addresses, routes, rules of routing, and IPVS. boot.ts puts them together.

/** A virtual server that differs is edited in place; a real server in one of ours that nobody declared goes. */
const SERVERS_AWK = `
function key_of(    i, key) {
  key = $2 " " $3
  for (i = 4; i <= NF; i++) {
    if ($i == "-6") key = key " -6"
    if ($i == "-r") key = key " -r " $(i + 1)
  }
  return key
}
function server_of(key) { sub(/ -r .*/, "", key); return key }
FILENAME == ARGV[1] { line[$0]; key = key_of(); there[key]; if ($1 == "-a") real[++reals] = key; next }
{
  key = key_of()
  wanted[key]
  if ($1 == "-A") server[key]
  if ($0 in line) next
  if (key in there) { $0 = ($1 == "-A" ? "-E" : "-e") substr($0, 3) }
  print
}
END { for (i = 1; i <= reals; i++) if (!(real[i] in wanted) && server_of(real[i]) in server) print "-d " real[i] }
`;

/**
 * A device is waited for until it is there and systemd-networkd, where it knows it, is done with it: it takes away what it did not
 * make itself when it begins. What is refused is tried again until the time is over, since a gateway's address may come late.
 */
const DEVICES = `
await_devices() {
  [ -f "$folder/devices" ] || return 0
  while :; do
    pending=
    while IFS= read -r device; do is_ready "$device" || pending="$pending $device"; done < "$folder/devices"
    [ -n "$pending" ] && tick || return 0
  done
}
is_ready() {
  [ -d "/proc/sys/net/ipv4/conf/$1" ] || return 1
  [ -r "/sys/class/net/$1/ifindex" ] && read -r index < "/sys/class/net/$1/ifindex" || return 0
  [ -r "/run/systemd/netif/links/$index" ] || return 0
  state=
  while IFS='=' read -r key value; do [ "$key" != ADMIN_STATE ] || state=$value; done < "/run/systemd/netif/links/$index"
  case $state in pending | initialized | configuring) return 1 ;; esac
}
tick() {
  [ "$waited" -lt "$((wait_seconds * 5))" ] || return 1
  waited=$((waited + 1))
  sleep 0.2 2> /dev/null || { waited=$((waited + 4)); sleep 1; }
}
`;

const LOADING = `
load_ip() {
  [ -f "$folder/ip" ] || return 0
  while :; do
    ip_left "$work/ip.left" || { complain ip; return; }
    [ -s "$work/ip.left" ] || return 0
    await_sources "$work/ip.left"
    ip_batches "$work/ip.left" -force > "$work/words" 2>&1
    ip_left "$work/ip.still" || { complain ip; return; }
    [ -s "$work/ip.still" ] || return 0
    tick || break
  done
  sed 's/^/ip /' "$work/ip.still" >> "$work/words"
  complain 'ip, not taken'
}
ip_left() {
  ip_lines 1 > "$work/ip.now" 2> "$work/words" || return 1
  awk 'FILENAME == ARGV[1] { there[$0]; next }
    $0 in there { next }
    { sub(/addr add /, "addr replace ") || sub(/route add /, "route replace "); print }' "$work/ip.now" "$folder/ip" > "$1"
}
load_servers() {
  [ -f "$folder/ipvs" ] || return 0
  servers_left "$work/ipvs.todo" || { complain ipvsadm; return; }
  [ -s "$work/ipvs.todo" ] || return 0
  run_ipvs "$work/ipvs.todo" > "$work/words" 2>&1 || complain 'ipvsadm -R'
}
servers_left() {
  ipvs_lines > "$work/ipvs.now" 2> "$work/words" || return 1
  wanted=$folder/ipvs
  if [ -f "$folder/others" ] && absent_servers; then wanted=$work/ipvs.wanted; fi
  awk '${SERVERS_AWK}' "$work/ipvs.now" "$wanted" > "$1"
}
absent_servers() {
  awk '
    function key_of(from) { return $from " " $(from + 1) ($(from + 2) == "-6" ? " -6" : "") }
    FILENAME == ARGV[1] { if ($1 == "-A") there[key_of(2)]; next }
    $1 == "server" && !(key_of(2) in there) { print "server " key_of(2) }
  ' "$work/ipvs.now" "$folder/others" > "$work/absent"
  [ -s "$work/absent" ] || return 1
  while read -r line; do await_other "$line"; done < "$work/absent"
  awk '
    FILENAME == ARGV[1] { absent[$2 " " $3 ($4 == "-6" ? " -6" : "")]; next }
    $1 == "-a" && ($2 " " $3 ($4 == "-6" ? " -6" : "")) in absent { next }
    { print }
  ' "$work/absent" "$folder/ipvs" > "$work/ipvs.wanted"
}
`;

/** `await_devices`, `load_ip`, `load_servers`; `ip_left FILE` and `servers_left FILE`: what is still to be run. */
export const BOOT_NETWORK_SHELL = `${DEVICES}${LOADING}`;
