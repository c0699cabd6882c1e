// Shell functions by which a host remembers: each confirmed transaction is a folder of its own, and one link says which is current. session.ts uses them.

/** How many confirmed states a host keeps, the current one among them. */
const KEPT_GENERATIONS = 5;

/**
 * `stage` writes the whole next generation and makes it durable before the first change, so that a full disk is met before anything
 * is done; `commit` is one rename, which a power cut leaves done or not done. `switch` names both generations, `-` for none.
 * Folders above the current one are what an apply that was never confirmed left.
 */
export const GENERATIONS = `
generations=$state/generations
on_disk() { sync "$@" 2> /dev/null || sync; }
on_disk_whole() { find "$1" -exec sync {} + 2> /dev/null || sync; }
current_generation() {
  before=-
  if [ -L "$state/current" ]; then before=$(readlink "$state/current"); before=\${before##*/}; fi
}
stage() {
  read -r scope < scope
  current_generation
  next=-
  if [ -f manifest ]; then
    [ "$before" = - ] && next=1 || next=$((before + 1))
  fi
  if [ -f goes-to ]; then read -r next < goes-to; fi
  echo "$before $next" > switch
  [ "$next" != - ] || return 0
  if [ -f goes-to ]; then rm -f "$state/current.new"; ln -s "generations/$next" "$state/current.new" || return 1
  else make_generation "$generations/$next" || return 1; fi
  # Units are there before what they load is current, and go after it.
  if has_boot; then settle_boot_units "$generations/$next" && dry_load "$generations/$next" "$scope" "$(previous)" || return 1; fi
}
previous() { [ "$before" = - ] || echo "$generations/$before"; }
has_boot() { [ "$next" != - ] && [ -d "$generations/$next/boot" ]; }
make_generation() {
  rm -rf "$1" "$state/current.new"
  mkdir -p "$1/declared" || return 1
  if [ "$before" != - ]; then
    cp -R "$generations/$before/declared/." "$1/declared/" || return 1
    for kept in boot load sums dried; do
      [ ! -e "$generations/$before/$kept" ] || cp -R "$generations/$before/$kept" "$1/" || return 1
    done
  fi
  rm -f "$1/declared/$scope"
  [ -f boot-kept ] || { put_boot "$1" && seal_boot "$1" "$scope" "$generations/$before"; } || return 1
  put_way_back "$1" || return 1
  [ ! -f declared ] || cp declared "$1/declared/$scope" || return 1
  cp manifest "$1/manifest.json" && ln -s "generations/$next" "$state/current.new" || return 1
  on_disk_whole "$1" && on_disk "$generations" "$state"
}
put_way_back() {
  printf '%s  scope %s\\n' "$(date -u '+%Y-%m-%d %H:%M:%S UTC')" "$scope" > "$1/made"
  mkdir "$1/back" || return 1
  way_back=$1
  cp go-back summary "$way_back/" || return 1
  set -- program scope steps subsystems present absent watch.awk adapt.awk
  for file in *.forward *.inverse watch.ipv? before.ipv? expected.ipv?; do
    [ ! -f "$file" ] || set -- "$@" "$file"
  done
  cp "$@" "$way_back/back/" || return 1
  [ ! -f amends ] || cp amends "$way_back/"
}
put_boot() {
  rm -rf "$1/boot/$scope" "$1/dried/$scope"
  [ ! -f load ] || cp load "$1/load" || return 1
  for file in boot.*; do
    [ -f "$file" ] || continue
    mkdir -p "$1/boot/$scope" && cp "$file" "$1/boot/$scope/\${file#boot.}" || return 1
  done
  if [ ! -d "$1/boot" ] || rmdir "$1/boot" 2> /dev/null; then rm -f "$1/load" "$1/sums"; fi
  return 0
}
unstage() {
  [ -f switch ] && read -r before next < switch || return 0
  undo_boot_units
  if [ "$next" != - ]; then rm -f "$state/current.new"; [ -f goes-to ] || rm -rf "$generations/$next"; fi
  rmdir "$generations" "$state"
} 2> /dev/null
commit() {
  if [ "$next" = - ]; then rm -f "$state/current"; else mv -T "$state/current.new" "$state/current"; fi || return 1
  [ ! -d "$state" ] || on_disk "$state"
  if has_boot; then boot_loaded "$generations/$next" "$scope"; else settle_boot_units "$generations/$next"; fi
  forget_generations
  return 0
}
is_committed() {
  read -r before next < switch
  if [ "$next" = - ]; then [ "$before" != - ] && [ ! -L "$state/current" ]
  else [ "$(readlink "$state/current")" = "generations/$next" ]; fi
}
forget_generations() {
  if [ "$next" = - ]; then rm -rf "$generations"; rmdir "$state"; return; fi
  [ ! -f goes-to ] || return 0
  for folder in "$generations"/*; do [ "\${folder##*/}" -le "$next" ] || rm -rf "$folder"; done
  applies=0
  number=$next
  while [ "$number" -gt 0 ] && [ -d "$generations/$number" ]; do
    [ "$applies" -lt ${KEPT_GENERATIONS} ] || rm -rf "$generations/$number"
    [ -f "$generations/$number/amends" ] || applies=$((applies + 1))
    number=$((number - 1))
  done
} 2> /dev/null
`;
