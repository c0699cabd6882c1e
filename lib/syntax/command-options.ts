// The options of iptables that say what to do, as against those that describe a rule: which a part may hold, and why not the others.
import type { Cursor } from './cursor';
import { refuse } from './problem';

/** `ignored`: how the tool runs (`-w`, `-v`), not what is. */
export type CommandOption =
  | { readonly verb: 'table'; readonly table: string }
  | { readonly verb: 'new' | 'append' | 'insert'; readonly chain: string }
  | { readonly verb: 'policy'; readonly chain: string; readonly policy: string }
  | { readonly verb: 'ignored' };

type Reader = (cursor: Cursor, option: string) => CommandOption;

const OPTIONS: ReadonlyMap<string, Reader> = new Map([
  ...named(['-t', '--table'], (cursor, option) => ({ verb: 'table', table: cursor.takeValue(option) })),
  ...named(['-N', '--new-chain', '--new'], (cursor, option) => ({
    verb: 'new',
    chain: cursor.takeValue(option),
  })),
  ...named(['-A', '--append'], readAppend),
  ...named(['-I', '--insert'], readInsert),
  ...named(['-P', '--policy'], (cursor, option) => ({
    verb: 'policy',
    chain: cursor.takeValue(option),
    policy: cursor.takeValue(option),
  })),
  // The transaction takes the lock itself, with `lock_timeout_seconds`.
  ...named(['-w', '--wait', '-W', '--wait-interval'], ignoreCount),
  ...named(['-v', '--verbose'], () => ({ verb: 'ignored' })),
  ...named(
    ['-D', '--delete', '-X', '--delete-chain', '-F', '--flush', '-E', '--rename-chain', '-R', '--replace'],
    refuseRemoval,
  ),
  ...named(['-Z', '--zero', '-c', '--set-counters'], refuseCounters),
  ...named(['-L', '--list', '-S', '--list-rules', '-C', '--check'], refuseReading),
  ...named(['-n', '--numeric', '-x', '--exact', '--line-numbers', '--line-number'], refuseReading),
  ...named(['-4', '--ipv4', '-6', '--ipv6'], refuseFamily),
]);

/** The next option with its values, if it is one of these. Throws `InvalidInput` for those that a part cannot hold. */
export function readCommandOption(cursor: Cursor): CommandOption | undefined {
  const option = cursor.peekOption();
  if (/^-[nvx]+L/.test(option)) return refuseReading(cursor, option);
  const read = OPTIONS.get(option);
  if (read === undefined) return undefined;
  cursor.next();
  return read(cursor, option);
}

function named(names: readonly string[], read: Reader): (readonly [string, Reader])[] {
  return names.map((name) => [name, read] as const);
}

function readAppend(cursor: Cursor, option: string): CommandOption {
  const chain = cursor.takeValue(option);
  const number = takeNumber(cursor);
  if (number !== undefined) {
    refuse('rule-number', `-A appends at the end and takes no number, got ${number}`, {
      fix: 'leave the number out',
    });
  }
  return { verb: 'append', chain };
}

function readInsert(cursor: Cursor, option: string): CommandOption {
  const chain = cursor.takeValue(option);
  const number = takeNumber(cursor);
  if (number !== undefined && number !== '1') {
    refuse(
      'rule-number',
      `a rule has no fixed number among the rules of others, got ${option} ${chain} ${number}`,
      {
        allowed: `${option} ${chain} or ${option} ${chain} 1, which are the same`,
        fix: 'leave the number out: the order of the lines is the order of the rules, and of two -I the later stands above',
      },
    );
  }
  return { verb: 'insert', chain };
}

function ignoreCount(cursor: Cursor): CommandOption {
  takeNumber(cursor);
  return { verb: 'ignored' };
}

function takeNumber(cursor: Cursor): string | undefined {
  return /^\d+$/.test(cursor.peek() ?? '') ? cursor.next() : undefined;
}

function refuseRemoval(_cursor: Cursor, option: string): never {
  refuse('removing-line', `${option} removes or replaces, and a part says what is`, {
    allowed: '-N, -A, -I, -P',
    fix: 'leave the line out, and the line that declares what it would remove: what no line declares is removed',
  });
}

function refuseCounters(_cursor: Cursor, option: string): never {
  refuse('counters', `${option} sets counters, and those are not declared`, {
    allowed: '-N, -A, -I, -P',
    fix: 'leave it out',
  });
}

function refuseReading(_cursor: Cursor, option: string): never {
  refuse('reading-line', `${option} reads what is there, and a part says what shall be`, {
    allowed: '-N, -A, -I, -P',
    fix: 'leave the line out: the plan shows what is there',
  });
}

function refuseFamily(_cursor: Cursor, option: string): never {
  refuse('family-option', `${option} is not needed: the name of the tool says the family`, {
    fix: 'leave it out',
  });
}
