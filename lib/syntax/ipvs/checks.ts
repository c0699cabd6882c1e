// What a kernel refuses of a virtual or real server, or takes and silently ignores: a part may not say it. Used by ipvsadm.ts.
import type { Family } from '../../model/iptables';
import type { RealServerDeclaration, VirtualServerAddress, VirtualServerDeclaration } from '../../model/ipvs';
import { refuse } from '../problem';
import { portOf } from './real-server';
import { MAX_MARK } from './server-address';
import { printAddressAndPort } from './values';

/** Throws `InvalidInput`. Measured: docs/lab-notes/0230-what-ipvsadm-takes.md. */
export function checkVirtualServer(declared: VirtualServerDeclaration): void {
  const { server, scheduler, schedulerFlags } = declared;
  checkServerAddress(server);
  if (server.by === 'address' && server.port === 0 && declared.persistenceTimeoutSeconds === undefined) {
    refuse(
      'port-missing',
      'a virtual server without a port stands for every port, and that needs persistence',
      {
        allowed: 'ADDRESS:PORT, or -p',
        fix:
          server.family === 'ipv6' ? `write [${server.address}]:PORT` : `write ${server.address}:PORT, or -p`,
      },
    );
  }
  if (declared.onePacket === true && server.by === 'address' && server.protocol !== 'udp') {
    refuse('one-packet', '-o schedules each packet by itself, and only UDP can live with that', {
      allowed: '-u ADDRESS:PORT -o, or -f MARK -o',
      fix: 'leave -o out',
    });
  }
  if ((scheduler === 'sh' || scheduler === 'mh') && schedulerFlags.includes('flag-3')) {
    refuse(
      'flag-of-other-scheduler',
      `${scheduler} has no flag-3, which ipvsadm takes and prints back as an empty list`,
      {
        allowed: `${scheduler}-fallback, ${scheduler}-port`,
        fix: 'leave flag-3 out',
      },
    );
  }
}

/** Throws `InvalidInput`. */
export function checkRealServer(declared: RealServerDeclaration): void {
  const { server, family, forward, upperThreshold: upper, lowerThreshold: lower } = declared;
  checkServerAddress(server);
  checkUnicast(declared);
  if (family !== server.family && forward !== 'tunnel') {
    refuse(
      'families-mixed',
      `the virtual server is ${NAMES[server.family]} and the real server ${NAMES[family]}`,
      {
        allowed: 'two families only with -i: a tunnel wraps the packet',
        fix: `write an ${NAMES[server.family]} address behind -r, or -i`,
      },
    );
  }
  checkPort(declared);
  if (lower > upper) {
    refuse('thresholds', `the lower threshold is above the upper one: -y ${lower}, -x ${upper}`, {
      allowed: '-y at most as large as -x; 0 is none',
      fix: upper === 0 ? 'write -x too, or leave -y out' : 'write a larger -x or a smaller -y',
    });
  }
}

const NAMES: Readonly<Record<Family, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

function checkServerAddress(server: VirtualServerAddress): void {
  if (server.by === 'firewall-mark') {
    if (server.mark > 0) return;
    refuse('bad-number', `a firewall mark must be 1 to ${MAX_MARK}, got ${server.mark}`, {
      allowed: `a whole number, 1 to ${MAX_MARK}`,
      fix: 'choose another mark: ipvsadm prints larger ones as negative numbers, and does not read those itself',
    });
  }
  if (server.address !== '0.0.0.0' && server.address !== '::') return;
  refuse('matches-nothing', `no packet is sent to ${server.address}, so its virtual server gets none`, {
    allowed: 'an address of the host',
    fix: 'write a line for each address, or mark packets by a rule and write -f MARK',
  });
}

function checkUnicast({ family, address }: RealServerDeclaration): void {
  const first = Number(address.split('.')[0]);
  const isUnicast =
    family === 'ipv4' ? first > 0 && first < 224 : address !== '::' && !address.startsWith('ff');
  if (isUnicast) return;
  refuse('bad-address', `a real server has an address of its own, got ${address}`, {
    allowed: 'a unicast address',
    fix: 'write the address of one host',
  });
}

/** Direct routing and tunnels leave the packet as it is, and the kernel ignores another port without a word. */
function checkPort({ server, address, port, forward }: RealServerDeclaration): void {
  const own = portOf(server);
  if (port === own) return;
  if (forward !== 'nat') {
    const method = forward === 'dr' ? 'direct routing (-g)' : 'a tunnel (-i)';
    refuse(
      'port-of-service',
      `${method} does not change ports, so the real server's is ${own === 0 ? "the client's" : own}`,
      {
        given: printAddressAndPort(address, port),
        allowed: own === 0 ? 'no port' : `port ${own}`,
        fix: 'leave the port out, or write -m, which translates',
      },
    );
  }
  if (port !== 0) return;
  refuse('bad-port', `port 0 is of a virtual server for every port, and this one has port ${own}`, {
    fix: 'leave the port out: it is then the port of the virtual server',
  });
}
