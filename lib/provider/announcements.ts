// How the later launches of a run come to the provider that stays: each writes its process and its certificate into one named pipe. Used by stay.ts.
import { openSync } from 'node:fs';
import { Socket } from 'node:net';

/** A launch that waits for its handshake. */
export interface Announcement {
  readonly launch: number;
  /** PEM. */
  readonly clientCertificate: string;
}

const ANNOUNCEMENT = /^(\d+)\n(-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n)\n*/;

/** Until the function that it returns is called. Whoever writes is not kept waiting, and the end of one writer is not ours. */
export function onAnnouncement(path: string, heard: (announcement: Announcement) => void): () => void {
  const pipe = new Socket({ fd: openSync(path, 'r+'), readable: true, writable: false });
  let text = '';
  pipe.setEncoding('latin1').on('data', (piece: string) => {
    text += piece;
    for (;;) {
      const [whole, launch, clientCertificate] = ANNOUNCEMENT.exec(text) ?? [];
      if (whole === undefined || clientCertificate === undefined) return;
      text = text.slice(whole.length);
      heard({ launch: Number(launch), clientCertificate });
    }
  });
  return () => {
    pipe.destroy();
  };
}
