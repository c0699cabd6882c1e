// Checks one host of a lab's file. Used by read-spec.ts.
import { parseInterfaceAddress, parseRoute } from './addresses';
import { checkKernelHost, refuseKernelOnly } from './check-kernel-host';
import type { Fields } from './fields';
import { HOST_KINDS, IPTABLES_BACKENDS, NETWORK_SERVICES, SERVER_PROTOCOLS, SUDO_RIGHTS } from './spec';
import type { FileSpec, HostSpec, LinkSpec, RouteSpec, ServerSpec, SysctlSpec, UserSpec } from './spec';

const HOST_FIELDS = [
  ...['kind', 'links', 'routes', 'serve', 'sysctls', 'iptables', 'network', 'packages', 'files', 'without'],
  'users',
];
const DEVICE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/;
const RESERVED_DEVICES = ['lo', 'all', 'default'];
// A slash stands for a dot in a device's name; two of them would lead out of the folder.
const SYSCTL_KEY = /^net(\.[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*)+$/;
const PROGRAM = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._+-]*$/,
  allowed: 'the name of a program, such as iptables',
};
const PACKAGE = { pattern: /^[a-z0-9][a-z0-9+.-]+$/, allowed: 'the name of a Debian package, such as ufw' };
// Below these a host keeps what it is given; no word begins with a dot, so that none leads out.
const FILE_PATH = /^\/(etc|opt|root|srv|usr|var\/lib)(\/[A-Za-z0-9_@+-][A-Za-z0-9._@+-]*)+$/;
const USER_NAME = { pattern: /^[a-z_][a-z0-9_-]{0,30}$/, allowed: 'a-z, 0-9, - and _, at most 31' };
// A colon or a line break would end the field in what chpasswd(8) reads.
const PASSWORD = { pattern: /^[^:\r\n\0]+$/, allowed: 'one line without a colon', isSecret: true };

export function readHost(name: string, fields: Fields): HostSpec {
  fields.allowOnly(...HOST_FIELDS);
  const links = fields.named('links').map(readLink);
  const devices = [...links.map(({ device }) => device), 'lo'];
  const iptables = fields.has('iptables') ? fields.oneOf('iptables', IPTABLES_BACKENDS) : undefined;
  const host = {
    name,
    kind: fields.oneOf('kind', HOST_KINDS) ?? 'bare',
    links,
    routes: readRoutes(fields, devices),
    serve: fields.each('serve').flatMap(readServer),
    sysctls: fields.values('sysctls').flatMap((sysctl) => readSysctl(fields, sysctl)),
    network: fields.has('network') ? (fields.oneOf('network', NETWORK_SERVICES) ?? 'lab') : 'lab',
    packages: fields.texts('packages', PACKAGE),
    files: fields.values('files').flatMap((file) => readFile(fields, file)),
    without: fields.texts('without', PROGRAM),
    users: fields.each('users').flatMap(readUser),
  };
  checkTwice(fields, host.serve, host.users);
  if (host.kind === 'kernel') checkKernelHost(fields, host, iptables);
  else refuseKernelOnly(fields);
  return iptables === undefined ? host : { ...host, iptables };
}

function readLink([device, fields]: [string, Fields]): LinkSpec {
  fields.allowOnly('network', 'addresses');
  if (!DEVICE_NAME.test(device) || RESERVED_DEVICES.includes(device)) {
    const allowed = `at most 15 letters, digits, _ . and -, none of ${RESERVED_DEVICES.join(', ')}`;
    fields.refuse('(device)', 'bad device name', { given: device, allowed });
  }
  const network = fields.text('network', { pattern: /./, allowed: 'the name of a network' }) ?? '';
  const addresses = fields.texts('addresses', { pattern: /./, allowed: 'an address' }).flatMap((text) => {
    const address = parseInterfaceAddress(text);
    if (address !== undefined) return [address];
    fields.refuse('addresses', 'bad address', {
      given: text,
      allowed: 'such as 192.168.1.6/24 or fd00::6/64',
    });
    return [];
  });
  return { device, network, addresses };
}

function readRoutes(fields: Fields, devices: readonly string[]): RouteSpec[] {
  return fields.texts('routes', { pattern: /./, allowed: 'words of `ip route add`' }).flatMap((text) => {
    const route = parseRoute(text, devices);
    if (typeof route !== 'string') return [route];
    fields.refuse('routes', `bad route: ${route}`, {
      given: text,
      allowed: 'such as 10.5.88.0/24 via 192.168.1.7',
    });
    return [];
  });
}

function readServer(fields: Fields): ServerSpec[] {
  fields.allowOnly('port', 'protocol');
  const port = fields.integer('port', 1, 65535);
  const protocol = fields.oneOf('protocol', SERVER_PROTOCOLS);
  return port === undefined || protocol === undefined ? [] : [{ port, protocol }];
}

function readSysctl(fields: Fields, [key, value]: [string, string]): SysctlSpec[] {
  if (!SYSCTL_KEY.test(key)) {
    fields.refuse(`sysctls.${key}`, 'not accepted', {
      allowed: 'keys that begin with net., the others belong to the whole machine',
    });
  } else if (!/^[^\r\n\0]+$/.test(value)) {
    fields.refuse(`sysctls.${key}`, 'not accepted', { given: value, allowed: 'one line' });
  }
  return [{ key, value }];
}

function readFile(fields: Fields, [path, text]: [string, string]): FileSpec[] {
  if (FILE_PATH.test(path)) return [{ path, text }];
  fields.refuse(`files.${path}`, 'not accepted', {
    allowed: 'an absolute path below /etc, /opt, /root, /srv, /usr or /var/lib',
  });
  return [];
}

function readUser(fields: Fields): UserSpec[] {
  fields.allowOnly('name', 'password', 'sudo', 'key');
  const name = fields.text('name', USER_NAME);
  const password = fields.has('password') ? fields.text('password', PASSWORD) : undefined;
  const sudo = fields.has('sudo') ? fields.oneOf('sudo', SUDO_RIGHTS) : undefined;
  const key = fields.flag('key', true);
  if (sudo === 'password' && password === undefined) {
    fields.refuse('sudo', 'asks for a password that the user does not have', {
      allowed: 'give a password too',
    });
  }
  if (name === undefined) return [];
  return [
    { name, key, ...(password === undefined ? {} : { password }), ...(sudo === undefined ? {} : { sudo }) },
  ];
}

function checkTwice(fields: Fields, serve: readonly ServerSpec[], users: readonly UserSpec[]): void {
  for (const server of repeated(serve.map(({ port, protocol }) => `${protocol} ${port}`))) {
    fields.refuse('serve', `${server} is served twice`);
  }
  for (const user of repeated(users.map(({ name }) => name)))
    fields.refuse('users', `${user} is there twice`);
}

function repeated(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) < index);
}
