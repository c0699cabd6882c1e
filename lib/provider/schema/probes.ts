// The attributes of one of a host's `probes`: which of them it may have depends on its kind, which check-probes.ts looks at.
import { DEFAULT_PROBE_TIMEOUT_SECONDS } from '../../model/probe';
import { type AttributeValues, nestedList } from '../protocol/attributes';
import { listOf, number, string } from '../protocol/wire-type';

const PROBE = {
  kind: { mode: 'required', type: string, description: '`command`, `tcp` or `http`.' },
  command: {
    mode: 'optional',
    type: listOf(string),
    description:
      'For `command`: a program and its words, run on the host as root, without a shell. Exit code 0 passes. It is run ' +
      'again until it passes, so it must be harmless.',
  },
  address: {
    mode: 'optional',
    type: string,
    description: 'For `tcp`: name or IP address as seen from the side that `from` says.',
  },
  port: { mode: 'optional', type: number, description: 'For `tcp`: where a connection must be taken.' },
  url: {
    mode: 'optional',
    type: string,
    description:
      'For `http`: what a GET asks for; `http://` or `https://`, without user and password. Redirections are not followed. ' +
      'A certificate must be one that Node trusts.',
  },
  status: {
    mode: 'optional',
    type: number,
    description: 'For `http`: the status that must be answered. Default: any of 200 to 399.',
  },
  from: {
    mode: 'optional',
    type: string,
    description:
      "For `tcp` and `http`: `host`, by the host's own sshd, or `client`, from where Terraform runs. Default: `host`.",
  },
  timeout_seconds: {
    mode: 'optional',
    type: number,
    description:
      'How long it is tried again, half a second apart, until it passes. ' +
      `Default: \`${DEFAULT_PROBE_TIMEOUT_SECONDS}\`.`,
  },
} as const;

/** One of them as it was given. */
export type ProbeBlock = AttributeValues<typeof PROBE>;

/** Not blocks: `probes = [{ … }]`. */
export const probes = nestedList(PROBE);
