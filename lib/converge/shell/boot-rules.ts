// Shell functions of the loader for rules: which of them are not there yet, one commit for each table, and else what can be loaded. boot.ts puts them together.
import { CHUNK_CHAINS } from '../chain-chunks';

/** True for a rule, as iptables-save prints it, whose last comment is `mark`. What stands in quotes is no option. */
const MARKED_AWK = `
function marked(text,    at, last, tail, before) {
  if (!index(text, mark)) return 0
  tail = text
  while ((at = index(tail, "--comment ")) > 0) { last += at + 9; tail = substr(tail, at + 10) }
  if (last == 0) return 0
  before = substr(text, 1, last - 10)
  gsub(/\\\\"/, "", before)
  if (gsub(/"/, "", before) % 2) return 0
  tail = tail " "
  return index(tail, "\\"" mark "\\" ") == 1 || index(tail, mark " ") == 1
}
`;

/**
 * Of what iptables-save prints and of a scope's restore text it makes the text that is still to be run: of a table that is as it
 * should be, nothing. Rules with our mark that are there already (another program may have saved them) go in the same commit; so
 * do chains with our prefix that are not declared, but for those that rules of others use: they are emptied. Where very many chains
 * are new, they come before that commit, `portion` of them in each, named by nothing yet; but not where one jumps to a later one.
 */
const RULES_AWK = `${MARKED_AWK}
function rest_of(line,    text) { text = substr(line, 5 + length($2)); sub(/ +$/, "", text); return text }
FILENAME == ARGV[1] {
  if (/^\\*/) { table = substr($0, 2); tables[++tables_saved] = table }
  else if (/^:/) {
    name = substr($1, 2)
    there[table, name] = $2
    chain[table, ++chains[table]] = name
  } else if (/^-A /) {
    at = table SUBSEP $2
    text = rest_of($0)
    have[at, ++amount[at]] = text
    is_ours = marked(text)
    if (is_ours) ours[at, ++held[at]] = text
    if (NF > 3 && $(NF - 1) ~ /^-[jg]$/ && index($NF, prefix) == 1)
      { jump_to[++jumps] = table SUBSEP $NF; jump_from[jumps] = at; jump_ours[jumps] = is_ours }
  }
  next
}
/^\\*/ { table = substr($0, 2); headers = bodies = differs = 0; next }
/^:/ {
  name = substr($1, 2)
  header[++headers] = $0
  if ($2 == "-") declared[table, name] = 1
  else if (((table, name) in there ? there[table, name] : "ACCEPT") != $2) differs = 1
  next
}
/^-A / {
  body[++bodies] = $0
  at = table SUBSEP $2
  if (at in declared) want[at, ++wanted[at]] = rest_of($0)
  else { place[at]; tail[at, ++tails[at]] = rest_of($0) }
  next
}
/^-I / {
  body[++bodies] = $0
  at = table SUBSEP $2
  place[at]
  front[at, ++fronts[at]] = rest_of($0)
  next
}
/^COMMIT/ { finish(); headers = bodies = differs = 0 }
END {
  for (number = 1; number <= tables_saved; number++) {
    table = tables[number]
    if (!(table in finished)) finish()
  }
}
function is_in(at, name) { return substr(at, 1, length(name) + 1) == name SUBSEP }
function is_stale(name) { return !((table, name) in declared) && index(name, prefix) == 1 }
function changed_own(at,    i) {
  if (!(at in there) || amount[at] + 0 != wanted[at] + 0) return 1
  for (i = 1; i <= wanted[at]; i++) if (have[at, i] != want[at, i]) return 1
  return 0
}
function changed_place(at,    i) {
  if (held[at] + 0 != fronts[at] + tails[at]) return 1
  for (i = 1; i <= fronts[at]; i++) if (ours[at, i] != front[at, fronts[at] + 1 - i]) return 1
  for (i = 1; i <= tails[at]; i++) if (ours[at, fronts[at] + i] != tail[at, i]) return 1
  return 0
}
function is_used(name,    i, from) {
  for (i = 1; i <= jumps; i++) {
    if (jump_to[i] != table SUBSEP name || jump_ours[i] || jump_from[i] in declared) continue
    from = substr(jump_from[i], length(table) + 2)
    if (!is_stale(from)) return 1
  }
  return 0
}
function finish(    i, k, at, name) {
  finished[table] = 1
  for (at in declared) if (is_in(at, table) && changed_own(at)) differs = 1
  for (at in place) if (is_in(at, table) && changed_place(at)) differs = 1
  for (i = 1; i <= chains[table]; i++) {
    name = chain[table, i]; at = table SUBSEP name
    if (is_stale(name) || (held[at] > 0 && !(at in declared) && !(at in place))) differs = 1
  }
  if (!differs) return
  new_chains()
  if (fresh_amount > 0) print_portions()
  print "*" table
  for (i = 1; i <= headers; i++) if (!is_apart(substr(header[i], 2))) print header[i]
  for (i = 1; i <= chains[table]; i++) if (is_stale(chain[table, i])) print ":" chain[table, i] " - [0:0]"
  for (i = 1; i <= chains[table]; i++) {
    name = chain[table, i]; at = table SUBSEP name
    if (at in declared || is_stale(name)) continue
    for (k = 1; k <= held[at]; k++) print "-D " name " " ours[at, k]
  }
  for (i = 1; i <= chains[table]; i++) if (is_stale(chain[table, i]) && !is_used(chain[table, i])) print "-X " chain[table, i]
  for (i = 1; i <= bodies; i++) if (!is_apart(substr(body[i], 4))) print body[i]
  print "COMMIT"
}
function is_apart(line) { return fresh_amount > 0 && (substr(line, 1, index(line " ", " ") - 1) in rank) }
function new_chains(    i, k, name, at, words, word) {
  split("", rank)
  fresh_amount = 0
  if (portion + 0 == 0) return
  for (i = 1; i <= headers; i++) {
    name = substr(header[i], 2, index(header[i], " ") - 2)
    if (((table, name) in declared) && !((table, name) in there) && !(name in rank)) { fresh[++fresh_amount] = name; rank[name] = fresh_amount }
  }
  if (fresh_amount <= portion) { fresh_amount = 0; return }
  for (i = 1; i <= fresh_amount; i++) {
    at = table SUBSEP fresh[i]
    for (k = 1; k <= wanted[at]; k++) {
      words = split(want[at, k], word, " ")
      if (words > 1 && word[words - 1] ~ /^-[jg]$/ && (word[words] in rank) && rank[word[words]] > i) { fresh_amount = 0; return }
    }
  }
}
function print_portions(    i, first, last, k, at) {
  for (first = 1; first <= fresh_amount; first = last + 1) {
    last = first + portion - 1
    if (last > fresh_amount) last = fresh_amount
    print "*" table
    for (i = first; i <= last; i++) print ":" fresh[i] " - [0:0]"
    for (i = first; i <= last; i++) {
      at = table SUBSEP fresh[i]
      for (k = 1; k <= wanted[at]; k++) print "-A " fresh[i] " " want[at, k]
    }
    print "COMMIT"
  }
}
`;

/** Leaves out rules in chains that are not there, rules that jump to them, and rules that name sets that are not there. */
const WITHOUT_ABSENT_AWK = `
FILENAME == ARGV[1] { if ($1 == "chain") chain[$3, $4]; else set[$2]; next }
/^\\*/ { table = substr($0, 2) }
/^-[AI] / {
  if ((table, $2) in chain || ($(NF - 1) ~ /^-[jg]$/ && (table, $NF) in chain)) next
  for (name in set) if (index($0 " ", "-set " name " ") || index($0, "-set " name ",")) next
}
{ print }
`;

/**
 * `load_rules FAMILY`. What is refused as a whole is loaded piece by piece in the stage `rules` alone: a later stage tries the
 * whole again, and where that fails leaves what is there.
 */
export const BOOT_RULES_SHELL = `
load_rules() {
  text=$folder/$1
  if [ ! -f "$text" ]; then may_be_stale "$1" || return 0; text=/dev/null
  else whole "$work/save" save_of "$1" 2> "$work/words" || { complain "$(tool_of "$1")-save"; return; }; fi
  if without_absent chain "$1" "$text"; then text=$work/text; fi
  awk -v mark="gatewright:$scope" -v prefix="$prefix" -v portion="$(portion_of "$1")" '${RULES_AWK}' "$work/save" "$text" > "$work/rules" || { complain awk; return; }
  [ -s "$work/rules" ] || return 0
  restore "$1" "$work/rules" > "$work/words" 2>&1 && return 0
  complain "$(tool_of "$1")-restore"
  [ "$stage" != rules ] || load_pieces "$1"
}
portion_of() { case $("$(tool_of "$1")-save" -V 2> /dev/null < /dev/null) in *nf_tables*) echo ${CHUNK_CHAINS} ;; *) echo 0 ;; esac; }
tool_of() { case $1 in ipv4) echo iptables ;; ipv6) echo ip6tables ;; esac; }
may_be_stale() {
  whole "$work/save" save_of "$1" 2> /dev/null || return 1
  grep -q -F -e "gatewright:$scope" -e ":$prefix" "$work/save"
}
without_absent() {
  [ -f "$folder/others" ] && absent_others "$2" || return 1
  awk '${WITHOUT_ABSENT_AWK}' "$work/absent" "$3" > "$work/text"
}
absent_others() {
  : > "$work/sets.names"
  ! grep -q '^set ' "$folder/others" || ipset list -n > "$work/sets.names" 2> /dev/null
  awk -v family="$1" '
    FILENAME == ARGV[1] { set[$1]; next }
    FILENAME == ARGV[2] { if (/^\\*/) table = substr($0, 2); else if (/^:/) chain[table, substr($1, 2)]; next }
    ($1 == "chain" && $2 == family && !(($3, $4) in chain)) || ($1 == "set" && !($2 in set))
  ' "$work/sets.names" "$work/save" "$folder/others" > "$work/absent"
  [ -s "$work/absent" ] || return 1
  while read -r line; do await_other "$line"; done < "$work/absent"
}
load_pieces() {
  rm -f "$work"/piece.*
  awk -v to="$work/piece." '
    /^\\*/ { table = substr($0, 2); base = to table ".base"; rules = to table ".rules" }
    /^-[AI] / { print > rules; next }
    { print > base }
  ' "$work/rules"
  for base in "$work"/piece.*.base; do
    restore_once "$1" "$base" > "$work/words" 2>&1 || complain "$(tool_of "$1")-restore"
    table=\${base%.base}
    [ ! -f "$table.rules" ] || try_lines "$1" "\${table##*/piece.}" "$table.rules"
  done
}
restore_once() { "$(tool_of "$1")-restore" --noflush -w 10 < "$2"; }
try_lines() {
  { echo "*$2"; cat "$3"; echo COMMIT; } > "$work/try"
  restore_once "$1" "$work/try" > "$work/words" 2>&1 && return
  set -- "$1" "$2" "$3" "$(($(wc -l < "$3")))"
  if [ "$4" -le 1 ]; then complain "$(tool_of "$1") -t $2 $(cat "$3")"; return; fi
  head -n "$(($4 / 2))" "$3" > "$3.a"
  tail -n "+$(($4 / 2 + 1))" "$3" > "$3.b"
  try_lines "$1" "$2" "$3.a"
  try_lines "$1" "$2" "$3.b"
}
`;
