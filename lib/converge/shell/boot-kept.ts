// What a session and a reading know of the files that are kept for a boot: their sums, what differs, and that all of it is loaded. boot.ts puts them together.

/**
 * `seal_boot FOLDER SCOPE PREVIOUS` writes the sums of what a staged generation keeps of the scope, by which `read_boot [SCOPE]` knows it
 * again; those of other scopes are taken over, so that a hand on their files is seen as well. `read_boot` prints a line for each file or unit
 * that is not as it should be, and nothing where the scope keeps nothing for a boot. `boot_loaded FOLDER SCOPE` is for when a
 * transaction is confirmed: all of the scope is there then, and what a boot that failed had switched off comes on.
 */
export const BOOT_KEPT_SHELL = `
seal_boot() {
  [ -f "$1/load" ] || return 0
  ( cd "$1" && cksum load "boot/$2"/* 2> /dev/null ) > "$1/sums"
  [ -s "$1/sums" ] || return 1
  [ ! -f "$3/sums" ] || awk -v folder="boot/$2/" '$3 != "load" && index($3, folder) != 1' "$3/sums" >> "$1/sums"
}
read_boot() {
  scope=\${1:-$scope}
  kept=$state/current
  [ -f "$kept/sums" ] && grep -q " boot/$scope/" "$kept/sums" || return 0
  ( cd "$kept" && cksum load "boot/$scope"/* 2> /dev/null ) > "$work/sums"
  awk -v kept="$kept" -v folder="boot/$scope/" '
    FILENAME == ARGV[1] { found[$3] = $1 " " $2; next }
    $3 != "load" && index($3, folder) != 1 { next }
    !($3 in found) { print kept "/" $3 " is missing"; next }
    found[$3] != $1 " " $2 { print kept "/" $3 " is not as it was confirmed" }
  ' "$work/sums" "$kept/sums"
  [ ! -d /run/systemd/system ] || each_unit check_unit
}
check_unit() {
  file=$units/$1.service
  if [ ! -e "$file" ]; then echo "$file is missing"; return; fi
  is_text "$file" "$2" || echo "$file is not as it was made"
  for target in $3; do
    [ -L "$units/$target.wants/$1.service" ] || echo "$1.service is not enabled for $target"
  done
}
boot_loaded() {
  rm -f "$run/boot/$2.rules.left" "$run/boot/$2.network.left"
  if ! grep -q fail-closed "$1"/boot/*/settings 2> /dev/null; then rm -rf "$run/boot"; return; fi
  mkdir -p "$run/boot"
  ! read -r id < /proc/sys/kernel/random/boot_id || echo "$id" > "$run/boot/opened"
  [ -f "$run/boot/forwarding" ] || return 0
  while IFS=' ' read -r path value; do
    grep -q "^$path " "$1"/boot/*/sysctls 2> /dev/null || echo "$value" > "/proc/sys/$path"
  done < "$run/boot/forwarding"
  rm "$run/boot/forwarding"
}
`;
