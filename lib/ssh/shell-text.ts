// The command lines that start a remote `sh`, and the text of the program that it reads. Used by shell-session.ts.

/** Printed on both streams when the remote `sh` is ours: what came before was the login shell's or sudo's. */
export const READY_LINE = 'gatewright-ready';

/** How sudo(8) asks for the password, so that nothing else is answered. */
export const SUDO_PROMPT = 'gatewright-sudo-password:';

/** A line of its own on each stream, whatever was begun there: sudo's prompt has no end of line. */
const SAY_READY = `echo; echo ${READY_LINE}`;

const START = `sh -c '{ ${SAY_READY}; }; { ${SAY_READY}; } >&2; exec sh'`;

/** For root. The user's login shell runs it, so it says only what sh, csh and fish all read alike. */
export const SHELL_COMMAND = `exec ${START}`;

/** For others: sudo reads the password, byte by byte up to the end of the line, from standard input. */
export const SUDO_COMMAND = `exec sudo -S -p '${SUDO_PROMPT}' ${START}`;

/**
 * The body as one function, called on the last line, all within one group: every shell reads a group to its closing
 * brace before it runs any of it, so a stream cut at any byte runs nothing. `exit`: what the caller sends behind the
 * program and the program does not read is never taken for commands.
 */
export function printProgram(body: string): string {
  return `{\ngatewright() {\n${body.endsWith('\n') ? body : `${body}\n`}}\ngatewright; exit; }\n`;
}
