// Shell functions of subsystem ipset: read, run a step, take one back, print fingerprints, and try in a namespace. programs.ts sends them.

/** What the kernel makes up or changes by itself is left out, and so are defaults; words in the order of our own lines. */
const FINGERPRINT_AWK = `
BEGIN {
  amount = split("range family maxelem netmask bitmask markmask size timeout", valued, " ")
  split("counters comment skbinfo", flags, " ")
  for (i = 1; i <= amount; i++) takes[valued[i]] = 1
  for (i = 1; i <= 3; i++) known[flags[i]] = 1
  takes["hashsize"] = takes["bucketsize"] = takes["initval"] = 1
  known["forceadd"] = 1
  default_of["family"] = "inet"; default_of["maxelem"] = "65536"; default_of["size"] = "8"
}
/^create / {
  split("", value); split("", flag); line = ""; previous = ""
  is_list = ($3 == "list:set")
  for (i = 4; i <= NF; i++) {
    if ($i in takes) { value[$i] = $(i + 1); if ($i == "bitmask") sub("/[0-9]*$", "", value[$i]); i++ }
    else if ($i in known) flag[$i] = 1
    else line = line " " $i
  }
  # Behind a bitmask the tool may save a number that means nothing: syntax/ipset/ipset-save.ts.
  # As texts: to awk, a timeout of 0 is no other number than what was never set.
  for (i = 1; i <= amount; i++)
    if (valued[i] in value && value[valued[i]] "" != default_of[valued[i]] "") line = line " " valued[i] " " value[valued[i]]
  for (i = 1; i <= 3; i++) if (flags[i] in flag) line = line " " flags[i]
  print "create " $2 " " $3 line
}
/^add / {
  at = index($0, " comment \\"")
  tail = at ? substr($0, at) : ""
  amount_of_words = split(at ? substr($0, 1, at - 1) : $0, word, " ")
  place = !is_list ? "" : previous == "" ? " first" : " after " previous
  timeout = ""; rest = ""
  for (i = 4; i <= amount_of_words; i++) {
    if (word[i] == "timeout") { timeout = " timeout " (word[i + 1] == "0" ? "0" : "running"); i++ }
    else if (word[i] == "packets" || word[i] == "bytes") i++
    else rest = rest " " word[i]
  }
  line = "add " word[2] " " word[3]
  print line place timeout rest tail
  print line " anyhow" rest tail
  if (is_list) previous = word[3]
}
`;

/**
 * `read_ipset`, `run_ipset FILE`, `undo_ipset FILE`, `fingerprint_ipset`, `prepare_ipset`, `prove_ipset FILE`, `save_ipset`.
 *
 * `ipset restore` stops at the first line that is refused; lines before it stay done. `-exist` lets an inverse pass what is
 * there or gone already; what of it is refused all the same must not keep the rest, so it is then told line by line. Each
 * member has a second print without place and timeout, which a line of ours in a set of others need not say.
 */
export const IPSET_SHELL = `
read_ipset() { ipset save; }
run_ipset() { ipset restore < "$1"; }
undo_ipset() {
  ipset -exist restore < "$1" && return 0
  ipset -exist - < "$1" > "$work/ipset.prompts" 2> "$work/ipset.left"
  cat "$work/ipset.left"
  [ ! -s "$work/ipset.left" ]
}
fingerprint_ipset() { whole "$work/ipset.saved" ipset save && set_fingerprints "$work/ipset.saved"; }
set_fingerprints() { awk '${FINGERPRINT_AWK}' "$1"; }
prepare_ipset() { ipset list -t -o save | grep -E '^create [^ ]+ (hash|bitmap|list):' > "$work/ipset.others"; }
prove_ipset() {
  awk 'FILENAME == ARGV[1] { if ($1 == "create") ours[$2]; next } !($2 in ours)' "$1" ipset.others > ipset.standing
  ipset restore < ipset.standing
  ipset restore < "$1"
}
save_ipset() { :; }
`;
