// Everything that is wrong with a provider block. Used by ValidateProviderConfig and ConfigureProvider.
import { FILE_PATH, PORT, USER, check, checkBastion, wholeNumber } from './checks';
import { attributePath } from './protocol/attribute-path';
import type { Diagnostic } from './protocol/diagnostic';
import type { Settings } from './schema/settings';

const CONNECT_TIMEOUT = wholeNumber(1, 600);

/** All errors at once. Unknown values pass: ConfigureProvider asks again when they are known. */
export function checkSettings(settings: Settings): readonly Diagnostic[] {
  const at = (name: keyof Settings) => attributePath(name);
  return [
    ...check(settings.user, USER, at('user')),
    ...check(settings.port, PORT, at('port')),
    ...check(settings.private_key_path, FILE_PATH, at('private_key_path')),
    ...check(settings.known_hosts_path, FILE_PATH, at('known_hosts_path')),
    ...checkBastion(settings.bastion),
    ...check(settings.connect_timeout_seconds, CONNECT_TIMEOUT, at('connect_timeout_seconds')),
  ];
}
