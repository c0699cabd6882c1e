// The systemd units that run the loader at a boot, and how a session installs and removes them. Shell functions; boot.ts puts them together.

/** Before what loads rules of others: theirs may name our sets, and so do ours that such a program has saved with its own. */
const SETS_UNIT = `[Unit]
Description=Gatewright: sets, as last confirmed
DefaultDependencies=no
ConditionPathExistsGlob=/var/lib/gatewright/current/boot/*/ipset
RequiresMountsFor=/var/lib/gatewright
After=local-fs.target systemd-modules-load.service systemd-sysctl.service ipset.service
Before=netfilter-persistent.service iptables.service ip6tables.service ufw.service firewalld.service
Before=gatewright-rules.service network-pre.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh /var/lib/gatewright/current/load sets

[Install]
WantedBy=multi-user.target
`;

/** After what loads rules of others: a program that flushes tables would take ours along. Where it is started anew, so are we. */
const RULES_UNIT = `[Unit]
Description=Gatewright: sysctls, sets and rules, as last confirmed
DefaultDependencies=no
ConditionPathExists=/var/lib/gatewright/current
RequiresMountsFor=/var/lib/gatewright
Wants=network-pre.target
After=local-fs.target systemd-modules-load.service systemd-sysctl.service
After=netfilter-persistent.service nftables.service iptables.service ip6tables.service ipset.service ufw.service firewalld.service
PartOf=netfilter-persistent.service nftables.service iptables.service ip6tables.service firewalld.service
Before=network-pre.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh /var/lib/gatewright/current/load rules

[Install]
WantedBy=multi-user.target netfilter-persistent.service nftables.service iptables.service ip6tables.service firewalld.service
`;

/** Behind the managers of devices, and before what waits for the network to be up. A manager that is started anew drops ours. */
const NETWORK_UNIT = `[Unit]
Description=Gatewright: links, addresses, routes and virtual servers, as last confirmed
DefaultDependencies=no
ConditionPathExists=/var/lib/gatewright/current
RequiresMountsFor=/var/lib/gatewright
After=gatewright-rules.service network-pre.target network.target ipvsadm.service
After=systemd-networkd.service networking.service NetworkManager.service
PartOf=systemd-networkd.service networking.service NetworkManager.service
Before=network-online.target shutdown.target
Conflicts=shutdown.target
OnFailure=gatewright-late.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh /var/lib/gatewright/current/load network

[Install]
WantedBy=multi-user.target systemd-networkd.service networking.service NetworkManager.service
`;

/** It holds nothing up: whatever comes late, such as the chains and bridges of Docker, comes meanwhile. */
const LATE_UNIT = `[Unit]
Description=Gatewright: what waits for others, as last confirmed
ConditionPathExistsGlob=/run/gatewright/boot/*.left
After=gatewright-network.service

[Service]
ExecStart=/bin/sh /var/lib/gatewright/current/load late

[Install]
WantedBy=multi-user.target
`;

const UNITS: readonly (readonly [name: string, text: string])[] = [
  ['gatewright-sets', SETS_UNIT],
  ['gatewright-rules', RULES_UNIT],
  ['gatewright-network', NETWORK_UNIT],
  ['gatewright-late', LATE_UNIT],
];

/** `each_unit FUNCTION`: it is given the name, the text, and the units that want it. */
const EACH_UNIT = `
units=/etc/systemd/system
each_unit() {
${UNITS.map(([name, text]) => `  "$1" ${name} '${text}' '${wantedBy(text)}' || return 1\n`).join('')}}
`;

/** A unit is enabled by links, as `systemctl enable` makes them: it would start more processes than all the rest. */
function wantedBy(text: string): string {
  return /^WantedBy=(.*)$/m.exec(text)?.[1] ?? '';
}

/** Line by line in the shell itself: a process costs more than these few lines. */
const IS_TEXT = `
is_text() {
  [ -f "$1" ] && [ -r "$1" ] || return 1
  found=
  while IFS= read -r line; do found="$found$line
"; done < "$1"
  [ "$found" = "$2" ]
}
`;

/**
 * `settle_boot_units FOLDER`: there where the generation has something for a boot, gone where it has not. What was done stands in the
 * session's folder, so that `undo_boot_units` can take it back. Without systemd there is nothing to do: docs/persistence.md.
 */
const SETTLING = `
settle_boot_units() {
  [ -d /run/systemd/system ] || return 0
  mkdir -p "$work/units" && : > "$work/units.made" && : > "$work/units.gone" || return 1
  for folder in "$1"/boot/*/; do
    [ -d "$folder" ] || continue
    install_boot_units
    return
  done
  remove_boot_units
}
install_boot_units() { each_unit install_unit && reload_units; }
remove_boot_units() { each_unit remove_unit && reload_units; }
reload_units() {
  [ -s "$work/units.made" ] || [ -s "$work/units.gone" ] || return 0
  on_disk "$units"
  systemctl daemon-reload
}
install_unit() {
  file=$units/$1.service
  if ! is_text "$file" "$2"; then
    keep_unit "$file" && printf %s "$2" > "$file.new" && chmod 644 "$file.new" && on_disk "$file.new" &&
      mv -f "$file.new" "$file" && echo "$file" >> "$work/units.made" || return 1
  fi
  for target in $3; do
    link=$units/$target.wants/$1.service
    [ ! -L "$link" ] || continue
    [ -d "\${link%/*}" ] || { mkdir -p "\${link%/*}" && chmod 755 "\${link%/*}" || return 1; }
    ln -s "../$1.service" "$link" && echo "$link" >> "$work/units.made" || return 1
  done
}
remove_unit() {
  file=$units/$1.service
  for target in $3; do
    link=$units/$target.wants/$1.service
    [ -L "$link" ] || continue
    rm "$link" && echo "$link ../$1.service" >> "$work/units.gone" || return 1
    rmdir "\${link%/*}" 2> /dev/null
  done
  [ -e "$file" ] || return 0
  keep_unit "$file" && rm "$file"
}
keep_unit() {
  [ -f "$1" ] || return 0
  cp "$1" "$work/units/" && echo "$1" >> "$work/units.gone"
}
undo_boot_units() {
  [ -d "$work/units" ] || return 0
  while IFS= read -r path; do rm -f "$path"; rmdir "\${path%/*}" 2> /dev/null; done < "$work/units.made"
  while IFS=' ' read -r path to; do
    mkdir -p "\${path%/*}"
    if [ -n "$to" ]; then ln -s "$to" "$path"; else cp "$work/units/\${path##*/}" "$path" && chmod 644 "$path"; fi
  done < "$work/units.gone"
  reload_units
  rm -rf "$work/units"
}
`;

/** `settle_boot_units`, `undo_boot_units`; `each_unit`, `is_text`. `on_disk FILE` is the session's. */
export const BOOT_UNITS_SHELL = `${EACH_UNIT}${IS_TEXT}${SETTLING}`;
