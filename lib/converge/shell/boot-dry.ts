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
 * In the session: `dry_load FOLDER SCOPE`. Sysctls are not written there, since many are the whole machine's: they must be there, in
 * the namespace, where the devices are that the text makes, or on the host.
 */
export const BOOT_DRY_SHELL = `
dry_load() {
  [ -d "$1/boot/$2" ] || return 0
  said=$(unshare -n true 2>&1 < /dev/null) || { echo "not tried: $said"; return 0; }
  session=$work
  work=$session/dry
  mkdir -p "$work/boot" || return 1
  : > "$work/sysctls.absent"
  [ ! -f "$1/boot/$2/ip" ] || prepare_ip
  if grep -q '^set ' "$1/boot/$2/others" 2> /dev/null; then prepare_ipset; fi
  GATEWRIGHT_RUN=$work unshare -n sh "$1/load" dry "$2" < /dev/null 2>&1
  loaded=$?
  while IFS= read -r path; do
    [ -e "/proc/sys/$path" ] || { echo "sysctl $path is not there"; loaded=1; }
  done < "$work/sysctls.absent"
  rm -rf "$work"
  work=$session
  return "$loaded"
}
`;
