// What Terraform and a plugin tell each other before gRPC: the environment that we are started with, the line that we print.

/** Public and the same for every provider: it only tells a start by Terraform from a start by hand. */
const MAGIC_COOKIE = 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2';
const CORE_PROTOCOL = 1;
const PROVIDER_PROTOCOL = 6;

/** Whether whoever started us is a Terraform that we can serve. `why` is for the person in front of it. */
export type Invitation =
  | { readonly kind: 'accepted'; readonly clientCertificate: string }
  | { readonly kind: 'refused'; readonly why: string };

/** Terraform's side of the handshake. */
export function readInvitation(environment: NodeJS.ProcessEnv): Invitation {
  if (environment.TF_PLUGIN_MAGIC_COOKIE !== MAGIC_COOKIE) {
    return {
      kind: 'refused',
      why:
        'This is a plugin of Terraform, the provider gatewright/gatewright, and does nothing by itself.\n' +
        'Terraform starts it: declare the provider in a configuration and run terraform or cdktf there.',
    };
  }
  const versions = environment.PLUGIN_PROTOCOL_VERSIONS?.split(',') ?? [];
  if (versions.length > 0 && !versions.includes(String(PROVIDER_PROTOCOL))) {
    return {
      kind: 'refused',
      why: `Gatewright speaks plugin protocol 6 and Terraform only ${versions.join(', ')}: use Terraform 1.0 or later`,
    };
  }
  const clientCertificate = environment.PLUGIN_CLIENT_CERT ?? '';
  if (clientCertificate === '') {
    return {
      kind: 'refused',
      why:
        'Terraform gave no client certificate, and Gatewright serves nobody without one: ' +
        'unset TF_DISABLE_PLUGIN_TLS',
    };
  }
  return { kind: 'accepted', clientCertificate };
}

/** Our side: where we listen and by which certificate we are known. The only thing ever printed on standard output. */
export function printHandshake(socketPath: string, certificateDer: Uint8Array): string {
  const certificate = Buffer.from(certificateDer).toString('base64').replace(/=+$/, '');
  return `${CORE_PROTOCOL}|${PROVIDER_PROTOCOL}|unix|${socketPath}|grpc|${certificate}\n`;
}
