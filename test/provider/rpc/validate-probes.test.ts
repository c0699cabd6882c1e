// ValidateResourceConfig: each bad value of a host's probes, told at its own place.
import { expect, test } from 'vitest';
import { type Block, hostBlock, probeBlock } from '../blocks';
import { UNKNOWN, backendOn, dynamic, memoryStore, terraformSide } from '../terraform-side';
import { wirePath } from '../wire-path';

const terraform = terraformSide(backendOn(memoryStore({})));

test.each<[string, Block]>([
  [
    'a probe of each kind',
    {
      probes: [
        probeBlock({ kind: 'command', command: ['curl', '-sf', "it's"] }),
        probeBlock({ kind: 'tcp', address: '2001:db8::1', port: 443, from: 'client' }),
        probeBlock({ kind: 'http', url: 'https://gw.example/health?a=b', status: 204, timeout_seconds: 300 }),
      ],
    },
  ],
  [
    'probes that are not known yet',
    {
      probes: [
        UNKNOWN,
        probeBlock({ kind: UNKNOWN, url: 'http://gw' }),
        probeBlock({ kind: 'tcp', address: UNKNOWN, port: UNKNOWN }),
        probeBlock({ kind: 'command', command: ['true', UNKNOWN] }),
      ],
    },
  ],
])('accepts %s', async (_name, given) => {
  expect(await validate(given)).toEqual({});
});

test.each<[string, Block, string, string]>([
  ['a probe without a kind', {}, 'kind', 'A probe needs a kind.\nallowed: `command`, `tcp`, `http`'],
  ['a probe by ping', { kind: 'ping' }, 'kind', 'given: "ping"\nallowed: `command`, `tcp`, `http`'],
  [
    'a TCP probe without a port',
    { kind: 'tcp', address: 'gw' },
    'port',
    'A probe of kind tcp needs address and port.',
  ],
  ['an HTTP probe without a URL', { kind: 'http' }, 'url', 'A probe of kind http needs url.'],
  [
    'an HTTP probe with a port',
    { kind: 'http', url: 'http://gw', port: 80 },
    'port',
    'A probe of kind http has no port.\nallowed: kind, url, status, from, timeout_seconds',
  ],
  [
    'a command from the client',
    { kind: 'command', command: ['true'], from: 'client' },
    'from',
    'A probe of kind command has no from.\nallowed: kind, command, timeout_seconds',
  ],
  [
    'a probe from elsewhere',
    { kind: 'tcp', address: 'gw', port: 80, from: 'server' },
    'from',
    'given: "server"\nallowed: `host`, `client`',
  ],
  [
    'a port of a probe out of range',
    { kind: 'tcp', address: 'gw', port: 0 },
    'port',
    'given: 0\nallowed: a whole number from 1 to 65535',
  ],
  [
    'a status of a probe out of range',
    { kind: 'http', url: 'http://gw', status: 99 },
    'status',
    'given: 99\nallowed: a whole number from 100 to 599',
  ],
  [
    'no time for a probe',
    { kind: 'http', url: 'http://gw', timeout_seconds: 0 },
    'timeout_seconds',
    'given: 0\nallowed: a whole number from 1 to 300',
  ],
  [
    'a URL of a probe with a password, which is not shown',
    { kind: 'http', url: 'https://me:secret@gw/' },
    'url',
    'allowed: a URL that begins with http:// or https://, without user and password',
  ],
  [
    'no command',
    { kind: 'command', command: [] },
    'command',
    'A command needs a program.\nallowed: a program and its words',
  ],
  [
    'an option for a program',
    { kind: 'command', command: ['--help'] },
    'command[0]',
    'given: "--help"\nallowed: the name or path of a program: not empty, no - first, no =',
  ],
  [
    'a variable for a program',
    { kind: 'command', command: ['A=b', 'true'] },
    'command[0]',
    'given: "A=b"\nallowed: the name or path of a program: not empty, no - first, no =',
  ],
  [
    'a word of two lines',
    { kind: 'command', command: ['echo', 'a\nb'] },
    'command[1]',
    'given: "a\\nb"\nallowed: text without line breaks and NUL',
  ],
  [
    'a null word',
    { kind: 'command', command: ['echo', null] },
    'command[1]',
    'A word is text and this one is null.',
  ],
])('refuses %s', async (_name, probe, path, detail) => {
  const given = { probes: [probeBlock({ kind: 'command', command: ['true'] }), probeBlock(probe)] };
  expect(await validate(given)).toEqual({ diagnostics: [badValue(`probes[1].${path}`, detail)] });
});

test('refuses a null probe', async () => {
  const detail = 'A probe is a group of attributes and this one is null.';
  expect(await validate({ probes: [null] })).toEqual({ diagnostics: [badValue('probes[0]', detail)] });
});

function validate(given: Block): Promise<unknown> {
  return terraform.call('ValidateResourceConfig', {
    type_name: 'gatewright_host',
    config: dynamic(hostBlock(given)),
  });
}

function badValue(path: string, detail: string): object {
  return { severity: 'ERROR', summary: `Bad value for ${path}`, detail, attribute: wirePath(path) };
}
