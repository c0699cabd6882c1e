// Shell functions that delete conntrack entries that lead where no rule sends any more: session.ts and guard.ts run them when a transaction has ended.

/** Whether there is a tool for it; conntrack(8) is needed for nothing else. */
export const CONNTRACK_TOOL = `
read_conntrack() {
  begin conntrack
  if command -v conntrack > /dev/null; then echo present; else echo absent; fi
  end conntrack 0
}
`;

/** Nobody waits longer for what is left to time out by itself. */
const LIMIT_SECONDS = 30;

/**
 * For session.ts, which has `now`. The table is listed once, and what is to go is chosen from it: `conntrack -D` reads the whole table too, each time, so it runs only for
 * destinations and endpoints that entries have. It exits with 1 where an entry ended meanwhile, which is no failure.
 * Measured: docs/lab-notes/0310-conntrack-entries.md.
 */
export const CONNTRACK_SHELL = `
delete_stale() {
  [ -s "stale.$1" ] || return 0
  begin stale
  now
  until=$((now + ${LIMIT_SECONDS}))
  failed=0
  for family in ipv4 ipv6; do delete_stale_of "$family" "stale.$1" || failed=1; done
  end stale "$failed"
}
delete_stale_of() {
  grep -q "^[a-z]* $1 " "$2" || return 0
  ip -o addr show > addresses 2> /dev/null
  { in_time conntrack -L -p udp -f "$1" 2> said && echo '# whole'; } |
    awk -v family="$1" -f choose.awk addresses "$2" - > chosen || { cat said; return 1; }
  sort -u chosen > doomed || return 1
  while IFS=' ' read -r to port from answer; do
    in_time conntrack -D -p udp -f "$1" --orig-dst "$to" --orig-port-dst "$port" \\
      --reply-src "$from" --reply-port-src "$answer" > /dev/null 2> said < /dev/null
    case $? in
      0 | 1) ;;
      124 | 137) cat said; echo "stopped before those to $to port $port that $from port $answer answers"; return 1 ;;
      *) cat said; return 1 ;;
    esac
  done < doomed
}
in_time() {
  now
  left=$((until - now))
  [ "$left" -gt 0 ] || { echo '${LIMIT_SECONDS} s were not enough' >&2; return 124; }
  timeout -s KILL "$left" "$@"
}
`;

/**
 * Reads addresses of the host (`ip -o addr`), what is stale, and the table; prints `TO PORT FROM PORT` of what is to be deleted: where it
 * was addressed to, and where its answers come from. Entries of a zone are somebody's who keeps them apart.
 */
export const STALE_AWK = `
FILENAME == ARGV[1] { split($4, own, "/"); is_own[own[1]] = 1; next }
FILENAME == ARGV[2] {
  if ($2 != family) next
  amount++
  kind[amount] = $1; first[amount] = $4 + 0; last[amount] = $5 + 0; address[amount] = $3; port[amount] = $7
  at = $1 == "untranslated" ? "to " $3 : "from " $6
  lines[at] = lines[at] " " amount
  next
}
$0 == "# whole" { is_whole = 1 }
/ (orig-zone|reply-zone|zone)=/ { next }
{
  found = 0
  for (i = 4; i <= NF; i++) if ($i ~ /^(src|dst|sport|dport)=/) value[++found] = substr($i, index($i, "=") + 1)
  if (found != 8) next
  to = value[2]; to_port = value[4]; from = value[5]; from_port = value[7]
  if (to == from && to_port == from_port) chosen = lines["to " to] ((to in is_own) ? lines["to -"] : "")
  else chosen = lines["from " from]
  doomed = 0
  count = split(chosen, numbers, " ")
  for (i = 1; i <= count; i++) {
    n = numbers[i]
    if (to_port + 0 < first[n] || to_port + 0 > last[n]) continue
    if (address[n] != "-" && address[n] != to) continue
    if (kind[n] != "untranslated" && port[n] != "-" && port[n] != from_port) continue
    if (kind[n] == "but") { doomed = 0; break }
    doomed = 1
  }
  if (doomed) print to, to_port, from, from_port
}
END { exit !is_whole }
`;
