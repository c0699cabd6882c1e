// The licence texts of the packages that a bundle holds, as one text to ship beside it. Used by build.js.
'use strict';
const { existsSync, readFileSync, readdirSync } = require('node:fs');
const { dirname, join } = require('node:path');

/** `inputs`: the files of esbuild's metafile, relative to `root`. */
function bundledLicences(root, inputs) {
  const folders = new Set(
    inputs.filter((path) => path.includes('node_modules/')).map((path) => packageFolder(root, path)),
  );
  return [...folders]
    .map((folder) => describe(folder))
    .sort()
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function packageFolder(root, path) {
  let folder = dirname(join(root, path));
  while (!isPackage(folder)) folder = dirname(folder);
  return folder;
}

/** Some packages have package.json files without a name further in. */
function isPackage(folder) {
  const manifest = join(folder, 'package.json');
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name !== undefined;
}

function describe(folder) {
  const {
    name,
    version,
    license = 'see below',
  } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}

module.exports = { bundledLicences };
