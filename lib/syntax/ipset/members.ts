// What the member of a line means in a set of a known type: the members that ipset prints for it. Used by resolve-members.ts.
import { Buffer } from 'node:buffer';
import type { SetDeclaration } from '../../model/ipset';
import { refuse } from '../problem';
import { MOST_32_BITS, readNumber } from '../vocabulary/values';
import type { SetFamily } from './addresses';
import { checkAmount, isInSpan, maskedBy, readAddresses, readNetworks, readOneAddress } from './addresses';
import { readSetName } from './ipset';
import { readBarePorts, readPorts } from './ports';
import { familyOf, optionValue } from './set-options';
import type { Dimension, SetType } from './set-types';
import { findSetType, printShape } from './set-types';

/** A set whose members are read: what its type and options make of them. */
interface Frame {
  readonly type: SetType;
  readonly family: SetFamily;
  readonly set: SetDeclaration;
}

/** One member, or several where a range, a prefix or ports stand for them. Throws `InvalidInput`. */
export function readMembers(text: string, set: SetDeclaration): string[] {
  const type = findSetType(set.type);
  if (type === undefined) return [text];
  const frame = { type, family: familyOf(set.options), set };
  const pieces = type.dimensions[0] === 'set' ? [text] : text.split(',');
  checkShape(pieces, text, type);
  let members = [''];
  for (const [index, piece] of pieces.entries()) {
    const values = readPiece(piece, type.dimensions[index] ?? 'ip', frame);
    checkAmount(text, members.length * values.length);
    members = members.flatMap((member) =>
      values.map((value) => (index === 0 ? value : `${member},${value}`)),
    );
  }
  checkRange(members, frame);
  return members;
}

/** Refuses what no set can hold, whatever its type: for sets that no part declares. Throws `InvalidInput`. */
export function checkMemberOfUnknown(text: string): void {
  if (text === '' || /[\s"\\]/.test(text)) {
    refuse('bad-member', `${text === '' ? 'nothing' : text} is no member that a set can hold`, {
      allowed: 'a member without blanks, quotes and backslashes',
      fix: 'write it as `ipset save` shows it',
    });
  }
  for (const piece of text.split(',')) {
    if (/^\d+(\.\d+){3}(\/|$)/.test(piece)) readNetworks(piece, 'inet');
    else if (/^[0-9a-f:.]*::[0-9a-f:.]*(\/|$)/i.test(piece)) readNetworks(piece, 'inet6');
  }
}

function readPiece(piece: string, dimension: Dimension, { type, family, set }: Frame): string[] {
  switch (dimension) {
    case 'ip':
      return readMaskedAddresses(piece, family, set);
    case 'one-ip':
      return [readOneAddress(piece, family)];
    case 'net':
      return readNetworks(piece, family).map((network) => checkedPrefix(network, type));
    case 'port':
      return readPorts(piece, family);
    case 'port-number':
      return readBarePorts(piece).map(String);
    case 'mac':
    case 'optional-mac':
      return [readMac(piece)];
    case 'mark':
      return [readMark(piece, optionValue(set.options, 'markmask'))];
    case 'device':
      return [readDevice(piece)];
    case 'set':
      return [readSetName(piece)];
  }
}

function readMaskedAddresses(piece: string, family: SetFamily, { type, options }: SetDeclaration): string[] {
  const length = optionValue(options, 'netmask');
  const mask = optionValue(options, 'bitmask');
  const whole = family === 'inet' ? 32 : 128;
  const addresses = readAddresses(piece, family, length === undefined ? whole : Number(length));
  const masked = mask === undefined ? addresses : addresses.map((address) => maskedBy(address, mask));
  if ((type === 'hash:ip' || type === 'hash:ip,port') && masked.some((a) => a === '0.0.0.0' || a === '::')) {
    refuse('bad-member', `${piece} holds the address of all zeros, which a set of type ${type} cannot hold`, {
      fix: 'leave that address out, or use a set type with net in its name',
    });
  }
  return [...new Set(masked)];
}

function checkedPrefix(network: string, type: SetType): string {
  if (!network.endsWith('/0') || type.takesZeroPrefix === true) return network;
  const halves = network.includes(':') ? '::/1 and 8000::/1' : '0.0.0.0/1 and 128.0.0.0/1';
  return refuse('bad-prefix', `a set of type ${type.name} cannot hold ${network}`, {
    allowed: 'prefixes of length 1 or more',
    fix: `write its two halves, ${halves}`,
  });
}

const MAC = /^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i;

function readMac(piece: string): string {
  if (MAC.test(piece)) {
    return piece
      .split(':')
      .map((byte) => byte.padStart(2, '0').toUpperCase())
      .join(':');
  }
  return refuse('bad-member', `${piece === '' ? 'nothing' : piece} is no MAC address`, {
    allowed: 'an address such as 02:00:5E:10:00:01',
    fix: 'write six bytes with colons between them',
  });
}

/** Without the bits that the set does not look at, as the kernel keeps it. */
function readMark(piece: string, mask: string | undefined): string {
  const mark = readNumber(piece, 'a mark', [0, MOST_32_BITS]) & Number(mask ?? MOST_32_BITS);
  return `0x${(mark >>> 0).toString(16).padStart(8, '0')}`;
}

function readDevice(piece: string): string {
  const name = piece.startsWith('physdev:') ? piece.slice('physdev:'.length) : piece;
  if (/^[^\s/!"'\\]+$/.test(name) && Buffer.byteLength(name) <= 15) return piece;
  return refuse('bad-device', `${name === '' ? 'nothing' : name} is no name of a network device`, {
    allowed: '1 to 15 bytes without spaces, quotes and slashes',
    fix: 'write the name as ip link shows it',
  });
}

function checkShape(pieces: readonly string[], text: string, type: SetType): void {
  const least = type.dimensions.filter((dimension) => dimension !== 'optional-mac').length;
  if (pieces.length >= least && pieces.length <= type.dimensions.length) return;
  refuse('bad-member', `${text} is no member of a set of type ${type.name}`, {
    allowed: printShape(type),
    fix: `write it so, or declare the set with a type whose members have ${pieces.length} ${pieces.length === 1 ? 'value' : 'values'}`,
  });
}

/** A bitmap holds nothing outside its range. */
function checkRange(members: readonly string[], { type, set }: Frame): void {
  const range = optionValue(set.options, 'range');
  const [first, last] = range?.split('-') ?? [];
  if (first === undefined || last === undefined) return;
  const isIn = (member: string): boolean =>
    type.name === 'bitmap:port'
      ? Number(member) >= Number(first) && Number(member) <= Number(last)
      : isInSpan(member.split(',')[0] ?? '', [first, last]);
  const outside = members.find((member) => !isIn(member));
  if (outside === undefined) return;
  refuse('out-of-range', `${outside} is outside the range of set ${set.name}`, {
    allowed: `${first}-${last}`,
    fix: 'leave it out, or declare the set with a wider range',
  });
}
