// The two awk programs of a transaction's session: what is compared, and an inverse that fits what others left. For mawk, gawk and busybox.

/**
 * Prints of iptables-save what `watch` names, as `TABLE CHAIN NNNNNN REST`: chains and rules of ours, counted from 1 in
 * each chain, rules with our mark in other chains, and policies. mawk's printf is short of room, so long text is printed plainly.
 */
export const WATCH_AWK = `
NR == FNR {
  if ($1 == "mark") { quoted = "--comment \\"" $2 "\\" "; bare = "--comment " $2 " " }
  else watched[$1 " " $2 " " $3] = 1
  next
}
/^\\*/ { table = substr($0, 2); next }
/^:/ {
  at = table " " substr($1, 2)
  if (("own " at) in watched) print at " 000000 :"
  if (("policy " at) in watched) print at " policy " $2
  next
}
/^-A / {
  at = table " " $2
  line = $0 " "
  if (!(("own " at) in watched) && !index(line, quoted) && !index(line, bare)) next
  count[at]++
  rest = substr($0, 5 + length($2))
  text = at " " sprintf("%06d", count[at]) " " rest
  sub(/ +$/, "", text)
  print text
}
`;

/**
 * Fits restore text to a save that is read before it: a rule that is gone is not deleted, one that is there is not inserted again
 * (a rule with a mark stands once in a chain), a position behind the end becomes the end, and a chain that rules of others still use then is emptied but not removed.
 */
export const ADAPT_AWK = `
NR == FNR {
  if (/^\\*/) table = substr($0, 2)
  if (!/^-A /) next
  there[table " " substr($0, 4)]++
  count[table " " $2]++
  for (i = 3; i < NF; i++) if ($i == "-j" || $i == "-g") {
    to = table " " $(i + 1)
    if (!((to, $2) in uses)) users[to] = users[to] " " $2
    uses[to, $2]++
  }
  next
}
/^\\*/ { table = substr($0, 2) }
/^:.* - / { ours[substr($1, 2)] = 1; count[table " " substr($1, 2)] = 0 }
/^-D / {
  rule = table " " substr($0, 4)
  if (!(rule in there) || there[rule] < 1) next
  there[rule]--
  count[table " " $2]--
  for (i = 3; i < NF; i++) if ($i == "-j" || $i == "-g") uses[table " " $(i + 1), $2]--
}
/^-I / {
  at = table " " $2
  rule = at substr($0, length("-I " $2 " " $3) + 1)
  if ((rule in there) && there[rule] > 0) next
  count[at]++
  if ($3 + 0 > count[at]) {
    print "-I " $2 " " count[at] substr($0, length("-I " $2 " " $3) + 1)
    next
  }
}
/^-X / {
  amount = split(users[table " " $2], names, " ")
  for (i = 1; i <= amount; i++) if (!(names[i] in ours) && uses[table " " $2, names[i]] > 0) next
}
{ print }
`;
