// What there may be only one of on a host, and which construct has it: names of parts, cluster IPs, node ports; used by host.ts.
import type { IConstruct } from 'constructs';
import { InvalidInput } from '../model/errors';
import { printEndpoint } from '../services/service';
import { isUnknown } from './framework';

/** What tells a virtual server from others. */
export interface ServerName {
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
}

/** Who has what on one host. */
export class Claims {
  readonly #holders = new Map<string, IConstruct>();
  readonly #shared = new Set<string>();
  readonly #sharedParts = new Set<string>();
  readonly #agreed = new Map<string, { readonly value: string; readonly holder: IConstruct }>();
  readonly #host: IConstruct;

  constructor(host: IConstruct) {
    this.#host = host;
  }

  /** Grows with all that is declared on the host. */
  get count(): number {
    return this.#holders.size;
  }

  claimPart(name: string, holder: IConstruct): void {
    this.claim(`part "${name}"`, holder);
  }

  /** For a part that several constructs bring, always with the same lines: the first of them holds it. */
  sharePart(name: string, holder: IConstruct): void {
    if (this.#sharedParts.has(name)) return;
    this.share(`part "${name}"`, holder);
    this.#sharedParts.add(name);
  }

  /** For what several constructs may have together, but nobody who claims it for himself. */
  share(what: string, holder: IConstruct): void {
    if (this.#shared.has(what)) return;
    this.claim(what, holder);
    this.#shared.add(what);
  }

  /** For what several constructs may say together, if all say the same; a value that is not known yet cannot be compared. */
  agree(what: string, value: string, holder: IConstruct): void {
    if (isUnknown(value)) return;
    const first = this.#agreed.get(what);
    if (first === undefined) {
      this.#agreed.set(what, { value, holder });
      return;
    }
    if (first.value === value) return;
    throw new InvalidInput([
      {
        code: 'two-values',
        what: `${what} is declared with two values on host ${this.#host.node.path}`,
        at: holder.node.path,
        given: `${value}, but ${first.value} by ${first.holder.node.path}`,
        allowed: 'one value; several constructs may give the same',
        fix: 'give both the same value, or something of its own to each',
      },
    ]);
  }

  /** IPVS has one virtual server for an address, port and protocol; an address that is not known yet cannot be compared. */
  claimServer({ address, port, protocol }: ServerName, holder: IConstruct): void {
    if (isUnknown(address)) return;
    this.claim(`virtual server ${printEndpoint({ address, port })}/${protocol}`, holder);
  }

  /** Throws where another construct, or the same one, has it already. `what` names it, such as `node port 30080/tcp`. */
  claim(what: string, holder: IConstruct): void {
    const first = this.#holders.get(what);
    if (first === undefined) {
      this.#holders.set(what, holder);
      return;
    }
    throw new InvalidInput([
      {
        code: 'declared-twice',
        what: `${what} is declared twice on host ${this.#host.node.path}`,
        at: holder.node.path,
        given:
          first === holder
            ? `twice by ${first.node.path}`
            : `first by ${first.node.path}, again by ${holder.node.path}`,
        allowed: 'one of a kind on a host and scope',
        fix: 'rename or remove one of them',
      },
    ]);
  }
}
