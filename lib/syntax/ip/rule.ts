// `ip rule add pref N …`: read and printed. Used by ip.ts.
import type { Entry } from '../../model/entry';
import type { RoutingRuleDeclaration } from '../../model/ip';
import type { Family } from '../../model/iptables';
import { refuse } from '../problem';
import { protocolNumber } from '../vocabulary/protocols';
import { MOST_32_BITS, readPortRange, printPortRange } from '../vocabulary/values';
import { KERNEL, MAIN_TABLE, readDevice, readNumber, readRouteProtocol, readTable, tableName } from './names';
import type { Command, Phrase } from './phrases';
import { completeLine, phrase, phrasesEntry } from './phrases';
import type { IpPrefix } from './prefixes';
import { printPrefix, readIpPrefix } from './prefixes';
import { readTos } from './tos';
import type { Keyword } from './words';
import { IpWords, keyword, refused, refuseKeyword } from './words';

interface RuleBuild {
  family: Family | undefined;
  preference?: number;
  negated: boolean;
  readonly prefixes: IpPrefix[];
  readonly selectors: Map<string, string>;
  table?: number;
  action?: string;
  goto?: number;
  readonly suppressed: Map<string, number>;
  protocol?: number;
}

/** In the order in which `ip` prints them. */
const SELECTORS = [
  'from',
  'to',
  'tos',
  'fwmark',
  'iif',
  'oif',
  'uidrange',
  'ipproto',
  'sport',
  'dport',
  'tun_id',
] as const;
type Selector = (typeof SELECTORS)[number];

const SUPPRESSORS = ['suppress_prefixlength', 'suppress_ifgroup'] as const;
/** Without a table. */
const ACTIONS: readonly string[] = ['blackhole', 'unreachable', 'prohibit'];

const KEYWORDS: ReadonlyMap<string, Keyword<RuleBuild>> = new Map([
  ...keyword<RuleBuild>(['pref', 'preference', 'order', 'priority', 'prio'], (build, words, name) => {
    build.preference = readNumber(words.value(name), 'a preference', [0, MOST_32_BITS]);
  }),
  ...keyword<RuleBuild>(['not'], (build) => {
    build.negated = true;
  }),
  ...selector(['from'], readRulePrefix),
  ...selector(['to'], readRulePrefix),
  ...selector(['tos', 'dsfield'], readTos),
  ...selector(['fwmark'], readMark),
  ...selector(['iif', 'dev'], readDevice),
  ...selector(['oif'], readDevice),
  ...selector(['uidrange'], readUidRange),
  ...selector(['ipproto'], (text) => `${protocolNumber(text)}`),
  ...selector(['sport'], (text) => printPortRange(readPortRange(text, '-'), '-')),
  ...selector(['dport'], (text) => printPortRange(readPortRange(text, '-'), '-')),
  ...selector(['tun_id'], (text) => `${readNumber(text, 'a tunnel id', [1, MOST_32_BITS])}`),
  ...keyword<RuleBuild>(['table', 'lookup'], (build, words, name) => {
    build.table = readTable(words.value(name));
  }),
  ...keyword<RuleBuild>(['suppress_prefixlength', 'sup_pl'], (build, words, name) => {
    build.suppressed.set(SUPPRESSORS[0], readNumber(words.value(name), 'a prefix length', [0, 128]));
  }),
  ...keyword<RuleBuild>(['suppress_ifgroup', 'sup_group'], (build, words, name) => {
    build.suppressed.set(
      SUPPRESSORS[1],
      readNumber(words.value(name), 'a group of devices', [0, MOST_32_BITS]),
    );
  }),
  ...keyword<RuleBuild>(['goto'], (build, words, name) => {
    build.goto = readNumber(words.value(name), 'a preference', [0, MOST_32_BITS]);
  }),
  ...ACTIONS.map((action): readonly [string, Keyword<RuleBuild>] => [action, readAction]),
  ...keyword<RuleBuild>(['type'], (build, words, name) => {
    readAction(build, words, words.value(name));
  }),
  ...keyword<RuleBuild>(['nop'], (build) => {
    build.action = 'nop';
  }),
  ...keyword<RuleBuild>(['proto', 'protocol'], (build, words, name) => {
    build.protocol = readRouteProtocol(words.value(name));
  }),
  ...refused<RuleBuild>(
    ['l3mdev', 'realms'],
    'is nothing that a part can say yet',
    'leave the rule to the network configuration of the host',
  ),
  ...refused<RuleBuild>(
    ['nat', 'map-to'],
    'is nothing that the kernel still has',
    'translate addresses with iptables -t nat',
  ),
]);

/** What the words behind `ip rule add` declare. */
export function readRuleAdd(given: readonly string[], family: Family | undefined): RoutingRuleDeclaration {
  const words = new IpWords(given);
  const build: RuleBuild = {
    family,
    negated: false,
    prefixes: [],
    selectors: new Map(),
    suppressed: new Map(),
  };
  while (!words.done) {
    const word = words.next();
    const read = KEYWORDS.get(word) ?? refuseKeyword(word, KEYWORDS.keys(), 'ip rule add');
    read(build, words, word);
  }
  return finish(build, given.join(' '));
}

/** How a rule is compared and printed: several may stand at one preference, so what they match tells them apart too. */
export function ruleEntry(rule: RoutingRuleDeclaration): Entry {
  return phrasesEntry(command(rule), phrases(rule));
}

/** With nothing left to defaults. */
export function completeRule(rule: RoutingRuleDeclaration): string {
  return completeLine(command(rule), phrases(rule));
}

function selector(
  names: readonly [Selector, ...string[]],
  read: (text: string, build: RuleBuild) => string,
): (readonly [string, Keyword<RuleBuild>])[] {
  return keyword<RuleBuild>(names, (build, words, name) => {
    build.selectors.set(names[0], read(words.value(name), build));
  });
}

function finish(build: RuleBuild, given: string): RoutingRuleDeclaration {
  const { preference, negated, selectors } = build;
  if (preference === undefined) {
    refuse(
      'preference-missing',
      'a rule needs its preference: without one the kernel picks another at each run, and twice would be two rules',
      {
        given: `ip rule add ${given}`,
        allowed: 'pref 1 to 32765: lower ones are looked at first, and main is 32766',
        fix: `write \`ip rule add pref 100 ${given}\`, or another number`,
      },
    );
  }
  const families = new Set([
    ...(build.family === undefined ? [] : [build.family]),
    ...build.prefixes.map(({ family }) => family),
  ]);
  const [family = 'ipv4', other] = families;
  if (other !== undefined) {
    refuse('wrong-family', 'a rule is of one family, and this one names both', {
      fix: 'write a rule for each: `ip rule add …`, `ip -6 rule add …`',
    });
  }
  if (selectors.get('from') === undefined) selectors.set('from', 'all');
  if (selectors.get('to') === 'all') selectors.delete('to');
  return {
    kind: 'routing-rule',
    family,
    preference,
    ...(negated ? { negated } : {}),
    selectors: SELECTORS.flatMap((name) => {
      const value = selectors.get(name);
      return value === undefined ? [] : [{ name, value }];
    }),
    action: readVerdict(build, preference),
  };
}

/** What becomes of a packet: one table, or what needs none. */
function readVerdict({ table, action, goto, suppressed, protocol }: RuleBuild, preference: number): string {
  const given = [
    table === undefined ? undefined : `lookup ${table}`,
    action,
    goto === undefined ? undefined : `goto ${goto}`,
  ].filter((each) => each !== undefined);
  if (given.length > 1) {
    refuse('given-twice', `a rule does one thing, got ${given.join(' and ')}`, {
      allowed: 'lookup TABLE, goto PREF, blackhole, unreachable, prohibit or nop',
      fix: 'leave the others out',
    });
  }
  if (goto !== undefined && goto <= preference) {
    refuse('bad-number', `a rule goes to a later one, got goto ${goto} at ${preference}`, {
      allowed: `more than ${preference}`,
      fix: 'write the preference of a rule below it',
    });
  }
  const [what = `lookup ${MAIN_TABLE}`] = given;
  const words = SUPPRESSORS.flatMap((name) => phrase(name, suppressed.get(name)));
  if (words.length > 0 && !what.startsWith('lookup')) {
    refuse('stray-option', 'what a lookup finds is suppressed, and this rule looks nothing up', {
      fix: 'write table TABLE',
    });
  }
  return [
    what,
    ...words.map(({ text }) => text),
    ...(protocol === undefined || protocol === 0 || protocol === KERNEL ? [] : [`proto ${protocol}`]),
  ].join(' ');
}

function readAction(build: RuleBuild, words: IpWords, name: string): void {
  words.once('the action');
  if (!ACTIONS.includes(name)) {
    refuse('unknown-word', `${name} is nothing that a rule can make of a packet`, {
      allowed: ACTIONS.join(', '),
      fix: 'write one of these, or table TABLE',
    });
  }
  build.action = name;
}

/** The kernel keeps host bits here, and looks at the length alone. */
function readRulePrefix(text: string, build: RuleBuild): string {
  if (['all', 'any', 'default'].includes(text)) return 'all';
  const prefix = readIpPrefix(text === '0/0' ? '0.0.0.0/0' : text, build.family);
  build.prefixes.push(prefix);
  return printPrefix(prefix, 'all');
}

function readMark(text: string): string {
  const [mark = '', mask, ...more] = text.split('/');
  if (more.length > 0) refuse('bad-mark', `a mark is MARK or MARK/MASK, got ${text}`, { fix: 'write it so' });
  const read = (number: string, what: string): number => readNumber(number, what, [0, MOST_32_BITS]);
  const maskNumber = mask === undefined ? MOST_32_BITS : read(mask, "a mark's mask");
  const markText = hex(read(mark, 'a mark'));
  if (markText === '0' && maskNumber === MOST_32_BITS) {
    refuse(
      'matches-everything',
      'a rule with fwmark 0 looks at no mark: the kernel takes it for every packet',
      {
        fix: 'leave fwmark out; to ask for packets without a mark write the mask too: fwmark 0/0xff',
      },
    );
  }
  return maskNumber === MOST_32_BITS ? markText : `${markText}/${hex(maskNumber)}`;
}

/** As C prints it: 0 has no prefix. */
function hex(value: number): string {
  return value === 0 ? '0' : `0x${value.toString(16)}`;
}

function readUidRange(text: string): string {
  const [first, last, ...more] = text
    .split('-')
    .map((uid) => readNumber(uid, 'a user id', [0, MOST_32_BITS]));
  if (first === undefined || last === undefined || more.length > 0 || first > last) {
    return refuse('bad-range', `a range of users is FIRST-LAST, got ${text}`, {
      allowed: 'such as 1000-1000',
      fix: 'write it so',
    });
  }
  return `${first}-${last}`;
}

function command({ family }: RoutingRuleDeclaration): Command {
  return { kind: 'routing-rule', words: 'rule add', family, keyWords: [family] };
}

function phrases({ preference, negated, selectors, action }: RoutingRuleDeclaration): Phrase[] {
  return [
    ...phrase('pref', preference, { key: true }),
    ...(negated === true ? [{ text: 'not', key: true }] : []),
    ...selectors.map(({ name, value }) => ({
      text: `${name} ${value}`,
      key: true,
      byDefault: name === 'from' && value === 'all' && selectors.length > 1,
    })),
    {
      text: action,
      named: action.replace(/^lookup (\d+)/, (_all, table) => `lookup ${tableName(Number(table))}`),
    },
  ];
}
