// Conntrack entries of UDP as conntrack(8) takes and lists them. Used by lab-subject.ts and the tests of convergence on real hosts.
import type { FakeConntrackEntry } from '../fakes/fake-conntrack';

/** A line for `conntrack --load-file`. */
export function printTracked({ client, to, answeredBy }: FakeConntrackEntry): string {
  const [[source, sport], [destination, dport], [from, answer]] = [
    split(client),
    split(to),
    split(answeredBy),
  ];
  return [
    `-A -p udp -t 600 -u SEEN_REPLY -s ${source} -d ${destination} --sport ${sport} --dport ${dport}`,
    `-r ${from} -q ${source} --reply-port-src ${answer} --reply-port-dst ${sport}\n`,
  ].join(' ');
}

/** Of `conntrack -L`. */
export function parseTracked(listed: string): FakeConntrackEntry[] {
  return listed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const values = [...line.matchAll(/ (?:src|dst|sport|dport)=(\S+)/g)].map(([, value = '']) => value);
      const [source = '', destination = '', sport = '', dport = '', from = '', , answer = ''] = values;
      const word = (address: string, port: string): string =>
        address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
      return {
        family: source.includes(':') ? 'ipv6' : 'ipv4',
        client: word(source, sport),
        to: word(destination, dport),
        answeredBy: word(from, answer),
      };
    });
}

function split(word: string): readonly [address: string, port: string] {
  const at = word.lastIndexOf(':');
  return [word.slice(0, at).replace(/[[\]]/g, ''), word.slice(at + 1)];
}
