// What a limit of connections per client means; used by the construct ConnectionLimit.
import type { Match } from '../model/rule';
import { IS_NEW, filter, isProtocol, isToPort, prepend } from './declare';
import type { Protocol } from './service';
import type { LaidOut } from './shared-parts';

/** How many connections each client may have to a port of this host. */
export interface ConnectionLimit {
  readonly protocol: Protocol;
  readonly port: number;
  readonly above: number;
  readonly rejectWith: string;
}

/** At the head of INPUT: behind a rule that accepts the port it would limit nothing. */
export function layOutConnectionLimit({ protocol, port, above, rejectWith }: ConnectionLimit): LaidOut {
  const isAbove: Match = {
    kind: 'module',
    module: 'connlimit',
    options: [
      { name: '--connlimit-above', values: [`${above}`] },
      { name: '--connlimit-mask', values: ['32'] },
      { name: '--connlimit-saddr', values: [] },
    ],
  };
  // Only new connections are counted and refused: one that was let in is not broken off in its middle.
  const matches = [isProtocol(protocol), isToPort(protocol, port), IS_NEW, isAbove];
  return {
    shared: [],
    declarations: [prepend(filter('INPUT'), matches, { kind: 'reject', with: rejectWith })],
  };
}
