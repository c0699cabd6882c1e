// Subsystem ip of the host in memory: interprets a step's lines as ip and the kernel do, and keeps what leans on what.
import type { AddressDeclaration, RouteDeclaration, RoutingRuleDeclaration } from '../../lib/model/ip';
import { InvalidInput } from '../../lib/model/errors';
import type { IpDeclaration } from '../../lib/syntax/ip/ip';
import { completeIpLine, ipEntry, readAnyIp } from '../../lib/syntax/ip/ip';
import { splitWords } from '../../lib/syntax/words';
import { RestoreFailed } from './fake-kernel';
import type { Ground } from './fake-routes';
import { kernelRoutes, settleRoute } from './fake-routes';
import type { FakeSubsystem } from './fake-subsystem';

const START = [
  'link add lo type other',
  'link set lo up',
  'link add eth0 type other',
  'link set eth0 up',
  'link add eth1 type other',
  'link set eth1 up',
  'addr add 127.0.0.1/8 dev lo',
  'addr add 192.0.2.6/24 dev eth0',
  'rule add pref 0 from all lookup 255',
  'rule add pref 32766 from all lookup 254',
  'rule add pref 32767 from all lookup 253',
  '-6 rule add pref 0 from all lookup 255',
  '-6 rule add pref 32766 from all lookup 254',
];

type Verb = 'add' | 'del' | 'replace';
interface Command {
  readonly verb: Verb;
  readonly declaration: IpDeclaration;
}

export class FakeIp implements FakeSubsystem {
  /** By key. */
  private held = new Map<string, IpDeclaration>();
  /** In a proof: keys of what stands in for the host's own, which a text may bring itself. */
  private standIns = new Set<string>();

  /** Routes that went with a source, for when a step is taken back. */
  private lost: RouteDeclaration[] = [];

  constructor(lines: readonly string[] = START) {
    for (const line of lines) for (const declaration of readAnyIp(splitWords(line))) this.keep(declaration);
  }

  read(): string {
    return this.shown()
      .map((declaration) => `${completeIpLine(declaration)}\n`)
      .join('');
  }

  run(text: string): void {
    text.split('\n').forEach((line, index) => {
      if (line === '') return;
      const refusal = this.interpret(readCommand(line, index + 1));
      if (refusal !== undefined) throw new RestoreFailed(index + 1, refusal);
    });
    this.dropLeaning();
  }

  undo(text: string): void {
    const commands = text
      .split('\n')
      .flatMap((line, index) => (line === '' ? [] : [readCommand(line, index + 1)]));
    for (const command of commands) if (this.isPending(command)) this.interpret(command);
    this.dropLeaning();
    this.restore();
    const left = commands.findIndex((command) => this.isPending(command));
    if (left >= 0) throw new RestoreFailed(left + 1, 'not undone');
  }

  fingerprints(): readonly string[] {
    return this.shown().flatMap((declaration) => [
      completeIpLine(declaration),
      ...(declaration.kind === 'route' ? [completeIpLine(withoutDevices(declaration))] : []),
    ]);
  }

  /** The host's devices and addresses stand there; routes by gateways and rules do not. */
  fresh(): FakeSubsystem {
    const standIns = [...this.held.values()].filter(
      (each) =>
        each.kind !== 'routing-rule' &&
        (each.kind !== 'route' || each.nextHops.every(({ via }) => via === undefined)),
    );
    const proof = new FakeIp([]);
    for (const declaration of standIns) proof.keep(declaration);
    proof.standIns = new Set(proof.held.keys());
    return proof;
  }

  /** The same host after somebody made a link of another type in the place of this one. */
  withLink(name: string): FakeIp {
    const lines = [...this.held.values()].filter((each) => !isOn(each, name)).map(completeIpLine);
    return new FakeIp(
      lines.map((line) => line.replace(`link add ${name} type dummy`, `link add ${name} type other`)),
    );
  }

  save(): string {
    return '';
  }

  private keep(declaration: IpDeclaration): void {
    this.held.set(ipEntry(declaration).key, declaration);
  }

  private shown(): IpDeclaration[] {
    return [...this.held.values(), ...kernelRoutes(this.ground())];
  }

  private interpret({ verb, declaration }: Command): string | undefined {
    switch (declaration.kind) {
      case 'link':
        return this.changeLink(verb, declaration.name);
      case 'link-state':
        return this.changeState(verb, declaration.name);
      case 'address':
        return this.changeAddress(verb, declaration);
      case 'route':
        return this.changeRoute(verb, declaration);
      case 'routing-rule':
        return this.changeRule(verb, declaration);
    }
  }

  private changeLink(verb: Verb, name: string): string | undefined {
    const isThere = this.held.has(`link ${name}`);
    if (verb === 'add') {
      if (isThere && !this.standIns.delete(`link ${name}`)) return 'RTNETLINK answers: File exists';
      this.keep({ kind: 'link', name, type: 'dummy' });
      return undefined;
    }
    if (!isThere) return `Cannot find device "${name}"`;
    this.remove(
      (each) =>
        isOn(each, name) || ((each.kind === 'link' || each.kind === 'link-state') && each.name === name),
    );
    return undefined;
  }

  private changeState(verb: Verb, name: string): string | undefined {
    if (!this.held.has(`link ${name}`)) return `Cannot find device "${name}"`;
    if (verb === 'add') this.keep({ kind: 'link-state', name });
    else {
      this.held.delete(`link-state ${name}`);
      this.remove(
        (each) =>
          isOn(each, name) && (each.kind === 'route' || (each.kind === 'address' && each.family === 'ipv6')),
      );
    }
    return undefined;
  }

  private changeAddress(verb: Verb, address: AddressDeclaration): string | undefined {
    const { key } = ipEntry(address);
    if (!this.held.has(`link ${address.device}`)) return `Cannot find device "${address.device}"`;
    if (verb === 'add') {
      if (this.held.has(key) && !this.standIns.delete(key))
        return address.family === 'ipv4'
          ? 'RTNETLINK answers: File exists'
          : 'Error: ipv6: address already assigned.';
      this.keep(address);
      return undefined;
    }
    if (!this.held.delete(key)) return 'RTNETLINK answers: Cannot assign requested address';
    return undefined;
  }

  private changeRoute(verb: Verb, route: RouteDeclaration): string | undefined {
    const { key } = ipEntry(route);
    if (verb === 'del') {
      const there = this.held.get(key);
      const isMeant = there?.kind === 'route' && wordings(there).includes(completeIpLine(route));
      if (!isMeant) return 'RTNETLINK answers: No such process';
      this.held.delete(key);
      return undefined;
    }
    const isMade = kernelRoutes(this.ground()).some((each) => ipEntry(each).key === key);
    const isThere = this.held.has(key) && !this.standIns.delete(key);
    if (verb === 'add' && (isMade || isThere)) return 'RTNETLINK answers: File exists';
    const settled = settleRoute(route, this.ground());
    if (typeof settled === 'string') return settled;
    this.keep(settled);
    return undefined;
  }

  private changeRule(verb: Verb, rule: RoutingRuleDeclaration): string | undefined {
    const { key, value } = ipEntry(rule);
    const there = this.held.get(key);
    const isSame = there !== undefined && ipEntry(there).value === value;
    // A second rule with another action may stand at the same place; the host shows the first, which is then removed.
    if (verb === 'add') {
      if (isSame) return 'RTNETLINK answers: File exists';
      this.keep(rule);
    } else if (isSame) this.held.delete(key);
    else if (there === undefined) return 'RTNETLINK answers: No such file or directory';
    return undefined;
  }

  /** Back comes what went with a source that is there again. */
  private restore(): void {
    const addresses = new Set(this.ground().addresses.map(({ address }) => address));
    for (const route of this.lost) if (addresses.has(route.source ?? '')) this.keep(route);
    this.lost = [];
  }

  /** Routes by a source that is gone: those of IPv4 go, those of IPv6 lose the source. */
  private dropLeaning(): void {
    const addresses = new Set(this.ground().addresses.map(({ address }) => address));
    for (const [key, each] of this.held) {
      if (each.kind !== 'route' || each.source === undefined || addresses.has(each.source)) continue;
      this.lost.push(each);
      if (each.family === 'ipv4') this.held.delete(key);
      else this.keep(withoutSource(each));
    }
  }

  private remove(isMeant: (declaration: IpDeclaration) => boolean): void {
    for (const [key, each] of this.held) if (isMeant(each)) this.held.delete(key);
  }

  private isPending({ verb, declaration }: Command): boolean {
    const isThere = this.fingerprints().includes(completeIpLine(declaration));
    return verb === 'del' ? isThere : !isThere;
  }

  private ground(): Ground {
    const all = [...this.held.values()];
    return {
      addresses: all.filter((each) => each.kind === 'address'),
      routes: all.filter((each) => each.kind === 'route'),
      up: new Set(all.flatMap((each) => (each.kind === 'link-state' ? [each.name] : []))),
      devices: new Set(all.flatMap((each) => (each.kind === 'link' ? [each.name] : []))),
    };
  }
}

function readCommand(line: string, number: number): Command {
  const [, verb] = /^(?:-6 )?(?:link|addr|route|rule) (add|del|replace) /.exec(line) ?? [];
  const isDown = /^link set \S+ down$/.test(line);
  const added = isDown ? line.replace(/ down$/, ' up') : line.replace(/ (del|replace) /, ' add ');
  try {
    const [declaration] = readAnyIp(splitWords(added));
    if (declaration === undefined) throw new RestoreFailed(number, `Object "${line}" is unknown`);
    return { verb: isDown || verb === 'del' ? 'del' : verb === 'replace' ? 'replace' : 'add', declaration };
  } catch (error) {
    if (error instanceof InvalidInput) throw new RestoreFailed(number, error.message);
    throw error;
  }
}

function isOn(declaration: IpDeclaration, name: string): boolean {
  if (declaration.kind === 'address') return declaration.device === name;
  return declaration.kind === 'route' && declaration.nextHops.some(({ device }) => device === name);
}

/** Read from its own line without the word: nothing is left of it. */
function withoutSource(route: RouteDeclaration): IpDeclaration {
  const line = completeIpLine(route).replace(/ src \S+/, '');
  return readAnyIp(splitWords(line))[0] ?? route;
}

function wordings(route: RouteDeclaration): string[] {
  return [completeIpLine(route), completeIpLine(withoutDevices(route))];
}

function withoutDevices(route: RouteDeclaration): RouteDeclaration {
  const nextHops = route.nextHops.map(({ device, ...hop }) =>
    hop.via === undefined && device !== undefined ? { ...hop, device } : hop,
  );
  return { ...route, nextHops };
}
