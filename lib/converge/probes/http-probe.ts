// One try of an HTTP probe: a GET over a connection from either side, and the status of the answer. Used by try-probe.ts.
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Probe } from '../../model/probe';
import { printRequest, readAnswer } from './http-answer';
import { explainFailure, reach } from './reach';
import { PASSED, type Try, type Verdict, failed } from './verdict';

type HttpProbe = Extract<Probe, { kind: 'http' }>;

/** Only the status is read, not the body. */
export async function tryHttp({ url: text, status, from }: HttpProbe, attempt: Try): Promise<Verdict> {
  const url = new URL(text);
  const isSecure = url.protocol === 'https:';
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  const address = url.hostname.replace(/^\[(.*)\]$/, '$1');
  try {
    const plain = await reach({ address, port, from }, attempt);
    try {
      return judge(await ask(isSecure ? await secure(plain, address) : plain, url), status);
    } finally {
      plain.destroy();
    }
  } catch (error) {
    return explainFailure(error);
  }
}

/** The certificate must be one that Node trusts, for this name or address. */
async function secure(socket: Duplex, host: string): Promise<Duplex> {
  const [{ connect }, { isIP }] = await Promise.all([import('node:tls'), import('node:net')]);
  // An address is no server name, but the certificate is still checked for it.
  const stream = connect({ socket, host, servername: isIP(host) === 0 ? host : '' });
  await once(stream, 'secureConnect');
  return stream;
}

/** Bytes are taken for characters: a status line has no others. */
async function ask(stream: Duplex, url: URL): Promise<number | 'no-http' | undefined> {
  stream.write(printRequest(url));
  let text = '';
  for await (const piece of stream) {
    text += Buffer.from(piece).toString('latin1');
    const answer = readAnswer(text);
    if (answer.kind === 'status') return answer.status;
    if (answer.kind === 'no-http') return 'no-http';
  }
  return undefined;
}

function judge(answer: number | 'no-http' | undefined, wanted: number | undefined): Verdict {
  if (answer === undefined) return failed('the connection was closed without an answer');
  if (answer === 'no-http') return failed('the answer is not HTTP');
  const isWanted = wanted === undefined ? answer >= 200 && answer < 400 : answer === wanted;
  return isWanted ? PASSED : failed(`status ${answer}, not ${wanted ?? '200 to 399'}`);
}
