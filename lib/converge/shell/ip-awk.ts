// The awk program that turns what ip(8) prints into the command lines that would make it, with nothing left to defaults. For mawk, gawk and busybox.

/**
 * Reads what `ip -o -N -d` shows of dummies, then of all links (so a dummy comes twice), addresses, routes and rules; a line
 * `# 6` stands before routes and rules of IPv6. Prints lines as `completeIpLine` (syntax/ip) does; `# dynamic` stands behind
 * an address that a program or a router keeps alive. With `variants=1` a route by a gateway is printed once more without its
 * device, as lines that leave the device to the kernel are; with 2 on the same line, behind a tab; both without `# dynamic`.
 */
export const IP_AWK = String.raw`
function known(word, list) { return index(" " list " ", " " word " ") > 0 }
function option(name, value) { return value == "" ? "" : " " name " " value }
function link(    name) {
  name = $2
  sub(/:$/, "", name); sub(/@.*/, "", name)
  if (!(name in shown)) names[++amount] = name
  shown[name]++
  up[name] = $3 ~ /[<,]UP[,>]/
}
function address(    i, place, brd, scope, label, metric, flags, kept, words, count) {
  sub(/\\.*/, "")
  place = $4; label = ""; brd = ""; scope = ""; metric = ""; flags = " "; kept = ""
  for (i = 5; i <= NF; i++) {
    if ($i == "peer") place = place " peer " $(++i)
    else if ($i == "brd") brd = $(++i)
    else if ($i == "scope") scope = $(++i)
    else if ($i == "metric") metric = $(++i)
    else if ($i == "proto") { if ($(++i) ~ /^(kernel_ra|kernel_ll|2|3)$/) kept = " # dynamic" }
    else if ($i == "any" || $i == "flags") i++
    else if (known($i, "dynamic temporary stable-privacy")) kept = " # dynamic"
    else if (known($i, "home nodad mngtmpaddr noprefixroute autojoin")) flags = flags $i " "
    else if (!known($i, "secondary tentative dadfailed deprecated optimistic permanent")) label = $i
  }
  if (label == $2) label = ""
  count = split("home nodad mngtmpaddr noprefixroute autojoin", words, " ")
  printf "%saddr add %s%s%s%s%s", ($3 == "inet6" ? "-6 " : ""), place, option("brd", brd), option("scope", scope), option("label", label), option("metric", metric)
  for (i = 1; i <= count; i++) if (index(flags, " " words[i] " ")) printf " %s", words[i]
  print " dev " $2 (variants ? "" : kept)
}
function route(    i, text, bare, isDead) {
  gsub(/\\/, " ")
  if (" " $0 " " ~ / table 255 / && " " $0 " " ~ / proto 2 /) return
  isDead = known($1, "6 7 8 9")
  text = type[$1]; bare = text
  for (i = 2; i <= NF; i++) {
    if (known($i, "linkdown dead pervasive offload trap rt_offload rt_trap offload_failed rt_offload_failed unresolved notify cache")) continue
    if (known($i, "error expires nhid")) { i++; continue }
    if ($i == "pref" && $(i + 1) == "medium") { i++; continue }
    if ($i == "dev" && isDead) { i++; continue }
    if ($i == "dev") {
      text = text " dev " $(i + 1)
      if (!afterVia) bare = bare " dev " $(i + 1)
      afterVia = 0; i++; continue
    }
    if ($i == "via") {
      afterVia = 1
      text = text " via"; bare = bare " via"
      if ($(i + 1) ~ /^inet6?$/) { text = text " " $(i + 1); bare = bare " " $(i + 1); i++ }
      i++; text = text " " $i; bare = bare " " $i; continue
    }
    if ($i == "nexthop") afterVia = 0
    text = text " " $i; bare = bare " " $i
    if ($i == "rto_min" && $(i + 1) == "lock") i++
  }
  afterVia = 0
  if (variants == 2) { print family "route add " text "\t" family "route add " bare; return }
  print family "route add " text
  if (variants == 1 && bare != text) print family "route add " bare
}
function rule(    i, text) {
  text = $1
  sub(/:$/, "", text)
  text = "pref " text
  for (i = 2; i <= NF; i++) {
    if ($i ~ /^\[(detached|unresolved)\]$/) continue
    if ($i == "not" || $i == "nop") { text = text " " $i; continue }
    if ($i ~ /^[0-9]+$/) { text = text " " (($i in type) ? type[$i] : $i); continue }
    if ($i == "proto" && known($(i + 1), "0 2")) { i++; continue }
    text = text " " $i
    if (i < NF) { i++; sub(/^ipproto-/, "", $i); text = text " " $i }
  }
  print family "rule add " text
}
BEGIN {
  type[1] = "unicast"; type[2] = "local"; type[3] = "broadcast"; type[4] = "anycast"; type[5] = "multicast"
  type[6] = "blackhole"; type[7] = "unreachable"; type[8] = "prohibit"; type[9] = "throw"
}
/^[0-9]+: [^ ]+: </ { link(); next }
/^[0-9]+: [^ ]+ +inet6? / { address(); next }
/^[0-9]+:[ \t]/ { rule(); next }
/^[0-9]+ / { route() }
/^# 6$/ { family = "-6 " }
END {
  for (i = 1; i <= amount; i++) {
    print "link add " names[i] " type " (shown[names[i]] > 1 ? "dummy" : "other")
    if (up[names[i]]) print "link set " names[i] " up"
  }
}
`;
