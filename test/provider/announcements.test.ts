// Launches announce themselves in one named pipe, several at once and in pieces.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Announcement, onAnnouncement } from '../../lib/provider/announcements';

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB+abc/=\n-----END CERTIFICATE-----\n';
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatewright-announcements-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('each is heard once, as it was given', async () => {
  const path = join(folder, 'launches');
  execFileSync('mkfifo', [path]);
  const heard: Announcement[] = [];
  const deaf = onAnnouncement(path, (announcement) => heard.push(announcement));
  const pipe = openSync(path, 'w');
  // As the launcher prints it: the certificate ends its own line, and printf adds another.
  writeSync(pipe, `12\n${CERTIFICATE}\n345\n${CERTIFICATE}\n6\n-----BEGIN CERT`);
  await expect.poll(() => heard.length).toBe(2);
  writeSync(pipe, `IFICATE-----\n${CERTIFICATE.split('\n').slice(1).join('\n')}\n`);
  closeSync(pipe);
  await expect
    .poll(() => heard)
    .toEqual([12, 345, 6].map((launch) => ({ launch, clientCertificate: CERTIFICATE })));
  deaf();
});
