// The part of a program that reads a host: manifest, declared record, sysctls, iptables-save. Used by read.ts and transact.ts.

/**
 * `reading FILE`: the file holds the scope, the digest that the client knows, then one path below /proc/sys per line.
 * The declared record's first line is its digest; it is sent only where the client knows another one.
 */
export const READING = `
read_file() { begin "$1"; cat "$2"; end "$1" $?; }
read_sysctls() {
  begin sysctls
  while IFS= read -r path; do
    if [ -f "/proc/sys/$path" ]; then printf '%s = %s\\n' "$path" "$(normalised < "/proc/sys/$path")"
    else printf '%s absent\\n' "$path"; fi
  done
  end sysctls 0
}
read_memory() {
  IFS= read -r scope
  IFS= read -r digest
  [ ! -f "$state/manifest.json" ] || read_file manifest "$state/manifest.json"
  if [ -f "$state/declared/$scope" ]; then
    IFS= read -r known < "$state/declared/$scope"
    [ "$known" = "$digest" ] || read_file declared "$state/declared/$scope"
  fi
  read_sysctls
}
reading() {
  read_memory < "$1"
  begin ipv4
  iptables-save
  end ipv4 $?
  say read
}
`;
