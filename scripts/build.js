// Builds what the package ships: dist/lib by tsc with its index by esbuild, dist/provider by esbuild. Does nothing where nothing changed.
//
//   node scripts/build.js                       all of it; --force: also where nothing changed
//   node scripts/build.js --provider ENTRY DIR  only a provider from another entry file, into DIR
//   node scripts/build.js --empty DIR           only a provider that speaks the protocol and looks at no host, into DIR
'use strict';
const { createHash } = require('node:crypto');
const { execFileSync } = require('node:child_process');
const { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { bundledLicences } = require('./bundled-licences');

const ROOT = resolve(__dirname, '..');
const DIST = join(ROOT, 'dist');
const STAMP = join(DIST, 'built-from');
const EMPTY_ENTRY = 'test/provider/empty-provider.ts';
const SETTINGS = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.js',
  'scripts/bundled-licences.js',
];

function main([option, ...rest]) {
  if (option === '--provider') return bundleProvider(rest[0], rest[1]);
  if (option === '--empty') return bundleProvider(join(ROOT, EMPTY_ENTRY), rest[0]);
  const sources = digestOfSources();
  if (option !== '--force' && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return;
  execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  bundleConstructs();
  bundleProvider(join(ROOT, 'lib/provider/main.ts'), join(DIST, 'provider'));
  writeFileSync(STAMP, sources);
}

/** One file for 180: a synthesis starts 30 ms sooner. Packages stay outside, the framework among them: there must be one of it. */
function bundleConstructs() {
  require('esbuild').buildSync({
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
    packages: 'external',
    entryPoints: ['lib/index.ts'],
    outfile: join(DIST, 'lib/index.js'),
  });
}

/** One file with everything in it, and the small one that starts it. */
function bundleProvider(entry, folder) {
  if (entry === undefined || folder === undefined) {
    process.stderr.write('usage: node scripts/build.js [--force | --provider ENTRY DIR | --empty DIR]\n');
    process.exitCode = 2;
    return;
  }
  const { buildSync } = require('esbuild');
  mkdirSync(folder, { recursive: true });
  const common = {
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
    // Names stay, for the stack of a bug report.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    // Optional in ssh2: without them it is pure JavaScript.
    external: ['cpu-features', '*.node'],
  };
  const { metafile } = buildSync({
    ...common,
    absWorkingDir: ROOT,
    entryPoints: [resolve(entry)],
    outfile: resolve(folder, 'gatewright-provider.js'),
    metafile: true,
  });
  writeFileSync(join(folder, 'LICENCES.txt'), bundledLicences(ROOT, Object.keys(metafile.inputs)));
  buildSync({
    ...common,
    entryPoints: [join(ROOT, 'lib/install/start.ts')],
    outfile: join(folder, 'start.js'),
  });
}

function digestOfSources() {
  const digest = createHash('sha256');
  for (const path of [...SETTINGS, ...filesBelow('lib')].sort()) {
    digest.update(`${path}\0`).update(readFileSync(join(ROOT, path)));
  }
  return digest.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((found) =>
    found.isDirectory() ? filesBelow(`${folder}/${found.name}`) : [`${folder}/${found.name}`],
  );
}

main(process.argv.slice(2));
