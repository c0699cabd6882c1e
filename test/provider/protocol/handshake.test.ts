// Who may start the provider, and what it says to whom.
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeCertificate } from '../../../lib/provider/protocol/certificate';
import { printHandshake, readInvitation } from '../../../lib/provider/protocol/handshake';

const TERRAFORM = {
  TF_PLUGIN_MAGIC_COOKIE: 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2',
  PLUGIN_PROTOCOL_VERSIONS: '5,6',
  PLUGIN_CLIENT_CERT: 'PEM',
};

test('accepts Terraform', () => {
  expect(readInvitation(TERRAFORM)).toEqual({ kind: 'accepted', clientCertificate: 'PEM' });
});

test.each([
  ['a person', {}, /^This is a plugin of Terraform/],
  [
    'another program with a cookie',
    { ...TERRAFORM, TF_PLUGIN_MAGIC_COOKIE: 'x' },
    /^This is a plugin of Terraform/,
  ],
  [
    'a Terraform of long ago',
    { ...TERRAFORM, PLUGIN_PROTOCOL_VERSIONS: '4,5' },
    /only 4, 5: use Terraform 1.0 or later$/,
  ],
  ['a Terraform without TLS', { ...TERRAFORM, PLUGIN_CLIENT_CERT: '' }, /unset TF_DISABLE_PLUGIN_TLS$/],
] as const)('refuses %s, and says why', (_name, environment, why) => {
  expect(readInvitation(environment)).toEqual({
    kind: 'refused',
    why: expect.stringMatching(why) as unknown,
  });
});

test('says where it listens and by which certificate it is known, in one line', () => {
  expect(printHandshake('/tmp/x/provider.sock', Buffer.from('3082', 'hex'))).toBe(
    '1|6|unix|/tmp/x/provider.sock|grpc|MII\n',
  );
});

test('makes a certificate that OpenSSL finds right', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  const { der, pem, privateKeyPem } = makeCertificate(now);
  const certificate = new X509Certificate(pem);
  expect(certificate.raw.equals(der)).toBe(true);
  expect(certificate.subject).toBe('CN=localhost');
  expect(certificate.issuer).toBe('CN=localhost');
  expect(certificate.subjectAltName).toBe('DNS:localhost');
  expect(certificate.ca).toBe(true);
  expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(privateKeyPem))).toBe(true);
  expect([certificate.validFrom, certificate.validTo]).toEqual([
    'Dec 31 23:59:00 2025 GMT',
    'Jan  1 00:00:00 2027 GMT',
  ]);
});

test('makes another certificate each time', () => {
  const [first, second] = [makeCertificate(new Date()), makeCertificate(new Date())];
  expect(new X509Certificate(first.pem).serialNumber).not.toBe(new X509Certificate(second.pem).serialNumber);
  expect(first.privateKeyPem).not.toBe(second.privateKeyPem);
});
