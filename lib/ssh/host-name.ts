// How hosts and endpoints are written in messages. Used by open.ts, open-connection.ts and whoever names a host.

/** `192.0.2.1:22` or `[2001:db8::1]:22`. */
export function printEndpoint({
  address,
  port,
}: {
  readonly address: string;
  readonly port: number;
}): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `user@address:port`, with brackets around an IPv6 address. */
export function printHostName(host: {
  readonly user: string;
  readonly address: string;
  readonly port: number;
}): string {
  return `${host.user}@${printEndpoint(host)}`;
}
