// The dry load of what a boot would load: by the loader itself, in a throw-away network namespace with stand-ins for what others have. boot.ts puts it together.

/** Where rules of others stand in the same chain, theirs are not in the namespace: what a chain holds there is ours. */
const COUNT_AWK = `
FILENAME == ARGV[1] { if (/^\\*/) table = substr($0, 2); else if (/^-A /) have[table " " $2]++; next }
/^\\*/ { table = substr($0, 2) }
/^-[AI] / { want[table " " $2]++ }
END {
  for (at in want) if (have[at] + 0 != want[at]) { print "table and chain " at " hold " have[at] + 0 " rules, not " want[at]; bad = 1 }
  exit bad
}
`;

/**
 * In the loader, for \`dry SCOPE\`. Nobody else can have an address there, so nobody is asked (accept_dad); it is tentative for a moment
 * all the same, and a route from it is refused as long.
 */
export const DRY_STAGE = `
dry_stage() {
  dry=1
  only=$1
  wait_seconds=2
  work=$run
  XTABLES_LOCKFILE=$work/xtables.lock; export XTABLES_LOCKFILE
  each_scope dry_scope
  exit "$failed"
}
dry_scope() {
  : > "$work/words"
  stand_in > "$work/stood" 2>&1
  stage=rules
  scope_stage
  stage=network
  scope_stage
  [ ! -f "$folder/ipset" ] || { sets_left "$work/left" && nothing_left 'ipset, not taken'; }
  [ ! -f "$folder/ipvs" ] || { servers_left "$work/left" && nothing_left 'ipvsadm, not taken'; }
  for family in ipv4 ipv6; do
    [ -f "$folder/$family" ] || continue
    whole "$work/save" save_of "$family" 2> "$work/words" || { complain "$(tool_of "$family")-save"; continue; }
    awk '${COUNT_AWK}' "$work/save" "$folder/$family" > "$work/words" || complain "$(tool_of "$family")-save"
  done
  ! is_left || failed=1
}
nothing_left() { [ ! -s "$work/left" ] || { cat "$work/left" > "$work/words"; complain "$1"; }; }
stand_in() {
  for name in all default; do echo 0 > "/proc/sys/net/ipv6/conf/$name/accept_dad"; done
  ip link set lo up
  if [ -f "$folder/ip" ]; then ip_stubs "$folder/ip"; ip_batches "$work/ip.stubs" -force; fi
  [ -f "$folder/others" ] || return 0
  ! grep -q '^set ' "$folder/others" || {
    awk 'FILENAME == ARGV[1] { named[$2]; next } $2 in named' "$folder/others" "$work/ipset.others" > "$work/sets.stubs"
    ipset restore < "$work/sets.stubs"
  }
  ! grep -q '^server ' "$folder/others" || { sed -n 's/^server /-A /p' "$folder/others" | ipvsadm -R; }
  for family in ipv4 ipv6; do
    awk -v family="$family" '$1 == "chain" && $2 == family { print "*" $3; print ":" $4 " - [0:0]"; print "COMMIT" }' "$folder/others" > "$work/chains.stubs"
    [ ! -s "$work/chains.stubs" ] || restore "$family" "$work/chains.stubs"
  done
}
`;

/**
 * Of the rules of a generation it leaves those that the one before it has not: built-in chains and those of others as they are, our
 * chains that differ, and by name alone what they jump to. Given both texts, the new one twice.
 */
const NEW_RULES_AWK = `
function rest_of(line) { return substr(line, 5 + length($2)) }
/^\\*/ { table = substr($0, 2); heads = bodies = 0; split("", needed) }
pass == 1 {
  if (/^:/ && $2 == "-") was[table, substr($1, 2)]
  else if (/^-A /) had[table, $2, ++count[table, $2]] = rest_of($0)
  next
}
pass == 2 {
  if (/^:/ && $2 == "-") { ours[table, substr($1, 2)]; if (!((table, substr($1, 2)) in was)) differs[table, substr($1, 2)] }
  else if (/^-A / && !((table, $2) in differs)) {
    if (had[table, $2, ++seen[table, $2]] != rest_of($0)) differs[table, $2]
  }
  next
}
FNR == 1 && pass == 3 { for (at in ours) if (count[at] + 0 != seen[at] + 0) differs[at] }
/^:/ { head[++heads] = $0; next }
/^-[AI] / {
  if (((table, $2) in ours) && !((table, $2) in differs)) next
  body[++bodies] = $0
  needed[$2]
  if (NF > 3 && $(NF - 1) ~ /^-[jg]$/) needed[$NF]
  next
}
/^COMMIT/ {
  for (i = 1; i <= heads; i++) {
    name = substr(head[i], 2, index(head[i], " ") - 2)
    if (!((table, name) in ours) || ((table, name) in differs) || (name in needed)) print head[i]
  }
  for (i = 1; i <= bodies; i++) print body[i]
}
{ print }
`;

/** The kernel as it was started, and the tools, as far as their files tell. */
const TOOLS = 'sh awk ip ipset ipvsadm iptables-save iptables-restore ip6tables-save ip6tables-restore';

/**
 * In the session: `dry_load FOLDER SCOPE PREVIOUS`. Sysctls are not written there, since many are the whole machine's: they must be
 * there, in the namespace, where the devices are that the text makes, or on the host.
 *
 * A chain that the generation before has word for word was tried with that one: it is not tried again where the loader, the kernel and the
 * tools are those that tried it, and its file is as it was sealed. What chains do together, the steps try on the host itself before
 * anything is confirmed.
 */
export const BOOT_DRY_SHELL = `
dry_load() {
  [ -d "$1/boot/$2" ] || return 0
  said=$(unshare -n true 2>&1 < /dev/null) || { echo "not tried: $said"; return 0; }
  session=$work
  work=$session/dry
  mkdir -p "$work/boot" "$1/dried" || return 1
  : > "$work/sysctls.absent"
  tried_by > "$work/tried-by"
  from=$1
  if is_tried "$1" "$2" "$3"; then leave_new_rules "$1" "$2" "$3" && from=$work/new; fi
  [ ! -f "$1/boot/$2/ip" ] || prepare_ip
  if grep -q '^set ' "$1/boot/$2/others" 2> /dev/null; then prepare_ipset; fi
  GATEWRIGHT_RUN=$work unshare -n sh "$from/load" dry "$2" < /dev/null 2>&1
  loaded=$?
  while IFS= read -r path; do
    [ -e "/proc/sys/$path" ] || { echo "sysctl $path is not there"; loaded=1; }
  done < "$work/sysctls.absent"
  [ "$loaded" != 0 ] || cp "$work/tried-by" "$1/dried/$2" || loaded=1
  rm -rf "$work"
  work=$session
  return "$loaded"
}
tried_by() {
  cat /proc/version /proc/sys/kernel/random/boot_id
  for tool in ${TOOLS}; do command -v "$tool"; done > "$work/tools"
  while IFS= read -r tool; do ls -iLln "$tool"; done < "$work/tools"
} 2> /dev/null
is_tried() {
  [ -n "$3" ] && cmp -s "$3/dried/$2" "$work/tried-by" && cmp -s "$3/load" "$1/load" || return 1
  for family in ipv4 ipv6; do
    [ ! -f "$3/boot/$2/$family" ] || grep -q -x -F "$(cd "$3" && cksum "boot/$2/$family")" "$3/sums" || return 1
  done
}
leave_new_rules() {
  mkdir "$work/new" && cp "$1/load" "$work/new/" && mkdir -p "$work/new/boot" && cp -R "$1/boot/$2" "$work/new/boot/" || return 1
  for family in ipv4 ipv6; do
    [ -f "$1/boot/$2/$family" ] && [ -f "$3/boot/$2/$family" ] || continue
    awk '${NEW_RULES_AWK}' pass=1 "$3/boot/$2/$family" pass=2 "$1/boot/$2/$family" pass=3 "$1/boot/$2/$family" > "$work/new/boot/$2/$family" || return 1
  done
}
`;
