// Shell functions of the loader for sets: what is missing is made, what differs is filled anew beside and swapped. boot.ts puts them together.

/**
 * Reads the fingerprints (ipset.ts) of what is there and of what is wanted, then the wanted lines. Of a set that is as it should be,
 * nothing is printed; a set with timeouts holds members that came by themselves, so there only what is missing is added.
 */
const SETS_AWK = `
FILENAME == ARGV[1] || FILENAME == ARGV[2] {
  isThere = FILENAME == ARGV[1]
  if ($1 == "create") {
    if ($3 == "list:set") list[$2]
    if (isThere) made[$2] = $0
    else { want[$2] = $0; if (/ timeout( |$)/) keeps[$2] }
  } else if (($2 in list) ? $4 != "anyhow" : $4 == "anyhow") {
    if (isThere) { member[$0]; count[$2]++ }
    else { wanted[$0]; total[$2]++; if (!($0 in member)) missing[$2]++ }
  }
  next
}
FNR == 1 { for (text in member) { split(text, word, " "); known[word[2] " " word[3]] } }
$1 == "create" {
  if (!($2 in made)) { print; next }
  isSame = made[$2] == want[$2]
  if (isSame && $2 in keeps) next
  if (isSame && missing[$2] + 0 == 0 && count[$2] + 0 == total[$2] + 0) next
  beside[$2] = "gw-boot-" ++amount
  order[amount] = $2
  print "destroy " beside[$2] " -exist"
  print "create " beside[$2] substr($0, length("create " $2) + 1)
  next
}
$2 in beside { print "add " beside[$2] substr($0, length("add " $2) + 1); next }
!(($2 " " $3) in known)
END { for (i = 1; i <= amount; i++) { print "swap " beside[order[i]] " " order[i]; print "destroy " beside[order[i]] } }
`;

/** `load_sets`, and `sets_left FILE`: what is still to be run of it. */
export const BOOT_SETS_SHELL = `
load_sets() {
  [ -f "$folder/ipset" ] || return 0
  sets_left "$work/sets.todo" || return
  [ -s "$work/sets.todo" ] || return 0
  ipset -exist restore < "$work/sets.todo" > "$work/words" 2>&1 && return 0
  ipset -exist - < "$work/sets.todo" > "$work/ipset.prompts" 2> "$work/words"
  [ ! -s "$work/words" ] || complain 'ipset restore'
}
sets_left() {
  ipset save > "$work/sets.there" 2> "$work/words" || { complain 'ipset save'; return 1; }
  wanted=$folder/ipset
  if [ -f "$folder/others" ] && absent_sets; then wanted=$work/sets.wanted; fi
  if [ ! -s "$work/sets.there" ]; then cat "$wanted" > "$1"; return; fi
  set_fingerprints "$work/sets.there" > "$work/sets.prints" && set_fingerprints "$wanted" > "$work/sets.meant" &&
    awk '${SETS_AWK}' "$work/sets.prints" "$work/sets.meant" "$wanted" > "$1"
}
absent_sets() {
  awk '
    FILENAME == ARGV[1] { if ($1 == "create") there[$2]; next }
    $1 == "set" && !($2 in there)
  ' "$work/sets.there" "$folder/others" > "$work/absent"
  [ -s "$work/absent" ] || return 1
  while read -r line; do await_other "$line"; done < "$work/absent"
  awk 'FILENAME == ARGV[1] { set[$2]; next } $1 == "add" && ($2 in set || $3 in set) { next } { print }' "$work/absent" "$folder/ipset" > "$work/sets.wanted"
}
`;
