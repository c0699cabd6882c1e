// A probe: something that must work after the changes of an apply, before they are confirmed. Used by constructs, provider and converge.

/** Where a probe looks from: the host itself, by its own sshd, or where Terraform runs. */
export type ProbeSide = 'host' | 'client';

/** One check; it passes as soon as it succeeds once within its time. */
export type Probe =
  /** A program on the host, as root, without a shell: exit code 0 passes. */
  | { readonly kind: 'command'; readonly command: readonly string[]; readonly timeoutSeconds: number }
  /** A TCP connection that is accepted passes. */
  | {
      readonly kind: 'tcp';
      readonly address: string;
      readonly port: number;
      readonly from: ProbeSide;
      readonly timeoutSeconds: number;
    }
  /** A GET whose answer has this status, any of 200 to 399 where it is absent. Redirections are not followed. */
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly status?: number;
      readonly from: ProbeSide;
      readonly timeoutSeconds: number;
    };

/** As they stand in HCL and in props. */
export const PROBE_KINDS = ['command', 'tcp', 'http'] as const satisfies readonly Probe['kind'][];

/** As they stand in HCL and in props; the first is the default. */
export const PROBE_SIDES = ['host', 'client'] as const satisfies readonly ProbeSide[];

/** A service that was just moved may need a moment. */
export const DEFAULT_PROBE_TIMEOUT_SECONDS = 5;

/** What a probe may be given, both ends included. */
export const PROBE_TIMEOUT_SECONDS = [1, 300] as const;

/** What a server may answer, both ends included. */
export const HTTP_STATUS = [100, 599] as const;

/** What is allowed, for messages. */
export const ALLOWED_PROBE = {
  url: 'a URL that begins with http:// or https://, without user and password',
  word: 'text without line breaks and NUL',
  program: 'the name or path of a program: not empty, no - first, no =',
} as const;

/** A user and password in it would be kept in the state. */
export function isProbeUrl(text: string): boolean {
  if (/\s/.test(text) || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}

/** Words travel as lines. */
export function isProbeWord(text: string): boolean {
  return !/[\n\r\0]/.test(text);
}

/** timeout(1) runs it, which would take a `-` for an option of its own. */
export function isProbeProgram(text: string): boolean {
  return isProbeWord(text) && text.trim() !== '' && !text.startsWith('-') && !text.includes('=');
}
