// `ip link add NAME type dummy` and `ip link set NAME up`: read and printed. Used by ip.ts.
import type { Entry } from '../../model/entry';
import type { LinkDeclaration, LinkStateDeclaration } from '../../model/ip';
import { refuse } from '../problem';
import { readDevice } from './names';
import type { Command } from './phrases';
import { completeLine, phrasesEntry } from './phrases';
import { IpWords } from './words';

/** What the words behind `ip link add` declare: the link, and with `up` its state. */
export function readLinkAdd(given: readonly string[]): readonly (LinkDeclaration | LinkStateDeclaration)[] {
  const words = new IpWords(given);
  let name: string | undefined;
  let type: string | undefined;
  let isUp = false;
  while (!words.done) {
    const word = words.next();
    if (word === 'type') type = once(words, 'type', words.value(word));
    else if (word === 'up') isUp = true;
    else if (word === 'dev' || word === 'name') name = once(words, 'the name', words.value(word));
    else if (name === undefined) name = once(words, 'the name', word);
    else refuseLinkWord(word, 'ip link add NAME type dummy');
  }
  if (name === undefined) refuseNoName('ip link add NAME type dummy');
  const link = { kind: 'link', name: readDevice(name), type: readType(type) } as const;
  return isUp ? [link, { kind: 'link-state', name: link.name }] : [link];
}

/** What the words behind `ip link set` declare. */
export function readLinkSet(given: readonly string[]): readonly LinkStateDeclaration[] {
  const words = new IpWords(given);
  let name: string | undefined;
  let isUp = false;
  while (!words.done) {
    const word = words.next();
    if (word === 'up') isUp = true;
    else if (word === 'down') refuseDown();
    else if (word === 'dev') name = once(words, 'the name', words.value(word));
    else if (name === undefined) name = once(words, 'the name', word);
    else refuseLinkWord(word, 'ip link set NAME up');
  }
  if (name === undefined) refuseNoName('ip link set NAME up');
  if (isUp) return [{ kind: 'link-state', name: readDevice(name) }];
  return refuse('value-missing', `the line does not say what ${name} shall be`, {
    allowed: 'ip link set NAME up',
    fix: 'write up behind the name',
  });
}

/** How a link is compared and printed. */
export function linkEntry(declaration: LinkDeclaration | LinkStateDeclaration): Entry {
  return phrasesEntry(command(declaration), phrases(declaration));
}

/** With nothing left to defaults. */
export function completeLink(declaration: LinkDeclaration | LinkStateDeclaration): string {
  return completeLine(command(declaration), phrases(declaration));
}

/** The key under which a link stands, for what lives and dies with it. */
export function linkKey(name: string): string {
  return `link ${name}`;
}

/** Of the types of links a part makes only this one: the others are made of devices that a host has. */
export function refuseLinkType(type: string | undefined): never {
  refuse(
    'link-type',
    type === undefined
      ? 'the line does not say of which type the link is'
      : `a part can make links of type dummy, got ${type}`,
    {
      allowed: 'ip link add NAME type dummy',
      fix:
        type === undefined
          ? 'write `type dummy` behind the name'
          : 'let the network configuration of the host make the link: addresses and routes on it can be declared',
    },
  );
}

function command({ kind, name }: LinkDeclaration | LinkStateDeclaration): Command {
  return kind === 'link'
    ? { kind, words: 'link add' }
    : { kind, words: 'link set', container: linkKey(name) };
}

function phrases(declaration: LinkDeclaration | LinkStateDeclaration): { text: string; key?: boolean }[] {
  const second = declaration.kind === 'link' ? `type ${declaration.type}` : 'up';
  return [{ text: declaration.name, key: true }, { text: second }];
}

function once(words: IpWords, what: string, value: string): string {
  words.once(what);
  return value;
}

function readType(type: string | undefined): LinkDeclaration['type'] {
  return type === 'dummy' || type === 'other' ? type : refuseLinkType(type);
}

function refuseDown(): never {
  refuse('removing-line', 'down takes a link out of use, and a part says what is', {
    allowed: 'ip link set NAME up',
    fix: 'leave the line out',
  });
}

function refuseNoName(allowed: string): never {
  refuse('device-missing', 'the line names no link', {
    allowed,
    fix: 'write the name: one that the kernel chose would be another each time',
  });
}

function refuseLinkWord(word: string, allowed: string): never {
  refuse('unknown-word', `${word} is no word of ip link that a part may hold`, {
    allowed,
    fix: 'leave it out, or let the network configuration of the host set it',
  });
}
