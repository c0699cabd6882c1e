// The construct IpSet: a set of the kernel with its members, on each of its hosts.
import { Construct } from 'constructs';
import { layOutSet } from '../services/ip-set';
import { refuseAt } from './checks';
import type { IpSetProps } from './ip-set-props';
import { checkIpSetProps, checkLines, toMembers, toSetOptions } from './ip-set-props';
import { printParts } from './laid-out-parts';

/**
 * A set as ipset(8) knows it (`ipset create`, `ipset add`). A member that comes or goes touches that member alone. Rules use the
 * set by its name, in lines of `host.declare`.
 *
 * ```ts
 * const blocked = new IpSet(stack, 'blocked', { hosts: [gateway], name: 'blocked', type: 'hash:net', members: ['192.0.2.0/24'] });
 * gateway.declare('30-blocked', `iptables -I INPUT -m set --match-set ${blocked.name} src -j DROP`);
 * ```
 */
export class IpSet extends Construct {
  /** For `--match-set`. */
  readonly name: string;

  constructor(scope: Construct, id: string, props: IpSetProps) {
    super(scope, id);
    refuseAt(this, checkIpSetProps(props));
    const { hosts, name, type } = props;
    this.name = name;
    const parts = printParts((conceal) =>
      layOutSet({ name, type, options: toSetOptions(props), members: toMembers(props.members, conceal) }),
    );
    refuseAt(this, checkLines(props, parts));
    for (const host of hosts) {
      host.laidOut.claim(`set ${name}`, this);
      host.laidOut.addChecked(parts, this);
    }
  }
}
