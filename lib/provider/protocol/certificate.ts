// A fresh self-signed P-256 certificate for this one process: what Terraform checks us by. Used by serve.ts.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import * as asn1 from '@peculiar/asn1-x509';

const COMMON_NAME = '2.5.4.3';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;

/** DER for the handshake, PEM for TLS. The key never leaves this process. */
export interface Certificate {
  readonly der: Uint8Array;
  readonly pem: string;
  readonly privateKeyPem: string;
}

/** Valid from a minute ago (clocks of one machine may step) for a year (an apply may take its time). */
export function makeCertificate(now: Date): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signatureAlgorithm = new asn1.AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
  const tbsCertificate = new asn1.TBSCertificate({
    version: asn1.Version.v3,
    serialNumber: positiveSerialNumber(),
    signature: signatureAlgorithm,
    issuer: localhost(),
    subject: localhost(),
    validity: new asn1.Validity({
      notBefore: new Date(now.getTime() - MINUTE_MS),
      notAfter: new Date(now.getTime() + YEAR_MS),
    }),
    subjectPublicKeyInfo: AsnConvert.parse(
      publicKey.export({ type: 'spki', format: 'der' }),
      asn1.SubjectPublicKeyInfo,
    ),
    extensions: new asn1.Extensions(extensions()),
  });
  const signatureValue = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), privateKey);
  const certificate = new asn1.Certificate({
    tbsCertificate,
    signatureAlgorithm,
    signatureValue: Uint8Array.from(signatureValue).buffer,
  });
  const der = Buffer.from(AsnConvert.serialize(certificate));
  return {
    der,
    pem: printPem(der),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

// Terraform calls the server `localhost` and takes this certificate as the only authority, hence CA: true.
function extensions(): asn1.Extension[] {
  const { digitalSignature, keyEncipherment, keyCertSign } = asn1.KeyUsageFlags;
  return [
    extension(asn1.id_ce_basicConstraints, new asn1.BasicConstraints({ cA: true })),
    extension(asn1.id_ce_keyUsage, new asn1.KeyUsage(digitalSignature | keyEncipherment | keyCertSign)),
    extension(
      asn1.id_ce_extKeyUsage,
      new asn1.ExtendedKeyUsage([asn1.id_kp_serverAuth, asn1.id_kp_clientAuth]),
    ),
    extension(
      asn1.id_ce_subjectAltName,
      new asn1.SubjectAlternativeName([new asn1.GeneralName({ dNSName: 'localhost' })]),
    ),
  ];
}

function extension(extnID: string, content: object): asn1.Extension {
  return new asn1.Extension({ extnID, extnValue: new OctetString(AsnConvert.serialize(content)) });
}

function localhost(): asn1.Name {
  const value = new asn1.AttributeValue({ utf8String: 'localhost' });
  const commonName = new asn1.AttributeTypeAndValue({ type: COMMON_NAME, value });
  return new asn1.Name([new asn1.RelativeDistinguishedName([commonName])]);
}

// DER integers are signed and minimal: the first byte is 0x01 to 0x7f.
function positiveSerialNumber(): ArrayBuffer {
  const serial = Uint8Array.from(randomBytes(16));
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  return serial.buffer;
}

function printPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
