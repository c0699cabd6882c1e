// The head of an `ip` command line: options, object and verb, abbreviated as ip(8) takes them. Used by ip.ts.
import type { Family } from '../../model/iptables';
import { closest } from '../closest';
import { refuse } from '../problem';

/** What a part may say with `ip`. */
const IP_COMMANDS = ['link add', 'link set', 'addr add', 'route add', 'rule add'] as const;

/** A command line, the words behind object and verb still to be read. */
export interface IpCommand {
  readonly command: (typeof IP_COMMANDS)[number];
  /** Where an option says it. */
  readonly family?: Family;
  readonly rest: readonly string[];
}

const ALLOWED = 'ip link add NAME type dummy; ip link set NAME up; ip [-4|-6] addr | route | rule add …';

/** In the order in which `ip` tries them: the first that a word begins. */
const OBJECTS = [
  'address',
  'addrlabel',
  'maddress',
  'route',
  'rule',
  'neighbor',
  'neighbour',
  'ntable',
  'ntbl',
  'link',
  'l2tp',
  'fou',
  'tunnel',
  'tuntap',
  'netns',
  'netconf',
  'vrf',
  'nexthop',
  'monitor',
  'xfrm',
  'token',
  'tcp_metrics',
  'mroute',
  'mrule',
  'macsec',
  'mptcp',
];
/** Those of which a part says something, by the word that `IP_COMMANDS` has. */
const DECLARED: ReadonlyMap<string, string> = new Map([
  ['address', 'addr'],
  ['route', 'route'],
  ['rule', 'rule'],
  ['link', 'link'],
]);

/** Per object, in the order in which `ip` tries them. */
const VERBS: Readonly<Record<string, readonly string[]>> = {
  addr: [
    'add',
    'change',
    'chg',
    'replace',
    'delete',
    'show',
    'lst',
    'list',
    'flush',
    'save',
    'showdump',
    'restore',
    'help',
  ],
  route: [
    'list',
    'show',
    'lst',
    'get',
    'add',
    'change',
    'chg',
    'replace',
    'prepend',
    'append',
    'test',
    'delete',
    'flush',
    'save',
    'restore',
    'showdump',
    'help',
  ],
  rule: ['list', 'lst', 'show', 'save', 'restore', 'add', 'delete', 'flush', 'help'],
  link: [
    'add',
    'set',
    'change',
    'replace',
    'delete',
    'show',
    'lst',
    'list',
    'xstats',
    'afstats',
    'property',
    'help',
  ],
};

const REMOVING = ['delete', 'flush'];
const CHANGING = ['change', 'chg', 'replace', 'append', 'prepend', 'restore'];

/** Reads options, object and verb. Throws `InvalidInput`. */
export function readIpCommand(words: readonly string[]): IpCommand {
  const { family, rest } = readOptions(words);
  const [object = '', verb = '', ...more] = rest;
  const name = readObject(object);
  const known = VERBS[name] ?? [];
  const meant = begun(verb, known);
  const command = IP_COMMANDS.find((each) => each === `${name} ${meant ?? ''}`);
  if (command === undefined) return refuseVerb(name, { verb, meant });
  return { command, ...(family === undefined ? {} : { family }), rest: more };
}

/** How `ip` prints is no state: those options are taken and mean nothing. */
function readOptions(words: readonly string[]): { family: Family | undefined; rest: readonly string[] } {
  let family: Family | undefined;
  let at = 0;
  for (; words[at]?.startsWith('-') === true; at += 1) {
    const option = (words[at] ?? '').replace(/^--/, '-');
    const [, glued] = /^-f(?:amily)?=(.*)$/.exec(option) ?? [];
    if (option === '-4') family = 'ipv4';
    else if (option === '-6') family = 'ipv6';
    else if (glued !== undefined) family = readFamily(glued);
    else if (option.length > 1 && '-family'.startsWith(option)) {
      at += 1;
      family = readFamily(words[at] ?? '');
    } else if (!PRINTING.test(option)) refuseOption(option);
  }
  return { family, rest: words.slice(at) };
}

const PRINTING =
  /^-(d|details|h|human|N|Numeric|o|oneline|s|ss|stats|statistics|t|timestamp|ts|c|color|br|brief|j|json|p|pretty|r|resolve|iec)(=\w+)?$/;

function readFamily(name: string): Family {
  if (name === 'inet') return 'ipv4';
  if (name === 'inet6') return 'ipv6';
  return refuse(
    'unknown-word',
    `${name === '' ? 'nothing' : name} is no family of addresses that a part may hold`,
    { allowed: 'inet, inet6', fix: 'write one of these' },
  );
}

function refuseOption(option: string): never {
  const [what, fix] = OPTIONS.find(([names]) => names.includes(option))?.[1] ?? [
    'is no option of ip that a part may hold',
    'leave it out',
  ];
  refuse('unknown-option', `ip ${option} ${what}`, { allowed: '-4, -6, -family inet, -family inet6', fix });
}

const OPTIONS: readonly (readonly [
  names: readonly string[],
  reason: readonly [what: string, fix: string],
])[] = [
  [
    ['-n', '-netns'],
    ['speaks of another network namespace', 'declare it as a host of its own'],
  ],
  [
    ['-b', '-batch', '-force'],
    ['reads commands from a file of the host, and a part holds them itself', 'write each as a line `ip …`'],
  ],
];

function readObject(word: string): string {
  const object = begun(word, OBJECTS);
  const name = object === undefined ? undefined : DECLARED.get(object);
  if (name !== undefined) return name;
  const near = object === undefined ? closest(word, OBJECTS) : undefined;
  return refuse(
    'unknown-word',
    `ip ${word === '' ? 'alone' : (object ?? word)} declares nothing that a part may hold`,
    {
      allowed: ALLOWED,
      fix: near === undefined ? 'leave the line out' : `if ${near} is meant, write it so`,
    },
  );
}

function begun(word: string, known: readonly string[]): string | undefined {
  return word === '' ? undefined : known.find((each) => each.startsWith(word));
}

function refuseVerb(object: string, { verb, meant }: { verb: string; meant: string | undefined }): never {
  const command = `ip ${object} ${meant ?? verb}`.trimEnd();
  if (meant !== undefined && REMOVING.includes(meant)) {
    refuse('removing-line', `${command} removes, and a part says what is`, {
      allowed: ALLOWED,
      fix: 'leave the line out, and the line that declares what it would remove: what no line declares is removed',
    });
  }
  if (meant !== undefined && CHANGING.includes(meant)) {
    refuse('changing-line', `${command} changes what may be there, and a part says what is`, {
      allowed: ALLOWED,
      fix: `write \`ip ${object} ${object === 'link' ? 'set NAME up' : 'add'}\`: what is there otherwise is changed to it`,
    });
  }
  if (meant !== undefined || verb === '') {
    refuse('reading-line', `${command} reads what is there, and a part says what shall be`, {
      allowed: ALLOWED,
      fix: 'leave the line out; a plan shows what is there',
    });
  }
  const near = closest(verb, VERBS[object] ?? []);
  return refuse('unknown-word', `${verb} is no command of ip ${object}`, {
    allowed: ALLOWED,
    fix: near === undefined ? `write \`ip ${object} add\`` : `if ${near} is meant, write it so`,
  });
}
