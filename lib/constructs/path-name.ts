// The name that a construct's path gives to its part, and to a service that has no other; used by constructs that lay out parts.

/** The construct's path as a name: `stack/a/b` becomes `stack/a.b`. */
export function toPathName(path: string): string {
  const [namespace = '', ...ids] = path.split('/').map((id) => id.replace(/[^A-Za-z0-9._-]/g, '-'));
  return `${namespace}/${ids.join('.')}`;
}
