// Makes a fresh clone ready; every npm script calls it first. Says in a line what it does and why, and nothing when all is
// there. Plain Node, because it runs before any package is installed.
'use strict';
const { spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, readFileSync, readdirSync, statSync, utimesSync } = require('node:fs');
const { join, resolve } = require('node:path');

const ROOT = resolve(__dirname, '..');
const LOCK_FILE = join(ROOT, 'package-lock.json');
// npm writes it last, so a tree whose installation was cut short has none.
const INSTALLED_FILE = join(ROOT, 'node_modules/.package-lock.json');
const BUILD_SCRIPT = join(ROOT, 'scripts/build.js');
const BUILD_STAMP = join(ROOT, 'dist/built-from');
const BUILD_INPUTS = [
  'lib',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.js',
  'scripts/bundled-licences.js',
];
const LEAST_NODE = 20;

function main(isLocked) {
  refuseOldNode();
  if (whyInstall() === undefined && whyBuild() === undefined) return;
  if (!isLocked) return runAloneOnThisClone();
  const installReason = whyInstall();
  if (installReason !== undefined) install(installReason);
  const buildReason = whyBuild();
  if (buildReason !== undefined) build(buildReason);
}

function refuseOldNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= LEAST_NODE) return;
  stop(
    `Node ${LEAST_NODE} or later is needed, this is ${process.version}; install a newer one and try again`,
  );
}

/** Two commands typed at once would install over each other; the kernel frees this lock however we end. */
function runAloneOnThisClone() {
  const dist = join(ROOT, 'dist');
  mkdirSync(dist, { recursive: true });
  const again = [process.execPath, __filename, '--locked'];
  const { status, error } = spawnSync('flock', [join(dist, 'setup.lock'), ...again], { stdio: 'inherit' });
  if (error !== undefined && error.code === 'ENOENT') return main(true);
  process.exitCode = status === null ? 1 : status;
}

/** Why the packages have to be installed, if they have to. */
function whyInstall() {
  if (!existsSync(INSTALLED_FILE)) return 'node_modules is not there';
  const installed = readPackages(INSTALLED_FILE);
  const different = Object.entries(readPackages(LOCK_FILE)).filter(([path, wanted]) => {
    if (path === '' || wanted.link === true) return false;
    const found = installed[path];
    // Optional ones may be for another kind of machine.
    return found === undefined ? wanted.optional !== true : found.version !== wanted.version;
  });
  if (different.length === 0) return undefined;
  return `node_modules differs from package-lock.json in ${different.length} packages, such as ${different[0][0]}`;
}

function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages || {};
}

function install(reason) {
  say(`installing npm packages: ${reason}`);
  // No package here needs its install script, and ours (a build) comes next anyway.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}

/** Why the package has to be built, if it has to. */
function whyBuild() {
  if (!existsSync(BUILD_SCRIPT)) return undefined;
  const built = statSync(BUILD_STAMP, { throwIfNoEntry: false });
  if (built === undefined) return 'dist is not there';
  const newer = BUILD_INPUTS.map((name) => newest(join(ROOT, name))).find(({ time }) => time > built.mtimeMs);
  return newer === undefined ? undefined : `${newer.path.slice(ROOT.length + 1)} is newer than dist`;
}

function build(reason) {
  say(`building: ${reason}`);
  const started = new Date();
  run(process.execPath, [BUILD_SCRIPT]);
  // Where only times had changed there was nothing to build; what changed meanwhile is still newer.
  if (existsSync(BUILD_STAMP)) utimesSync(BUILD_STAMP, started, started);
}

/** The file or folder below `path` that changed last. A folder changes when a file in it comes or goes. */
function newest(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return { path, time: 0 };
  let latest = { path, time: found.mtimeMs };
  if (!found.isDirectory()) return latest;
  for (const name of readdirSync(path)) {
    const inner = newest(join(path, name));
    if (inner.time > latest.time) latest = inner;
  }
  return latest;
}

function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit' });
  if (error !== undefined) stop(`cannot run ${program}: ${error.message}`);
  if (status !== 0) stop(`\`${[program, ...args].join(' ')}\` failed, see above`);
}

function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}

function stop(reason) {
  say(reason);
  process.exit(1);
}

main(process.argv[2] === '--locked');
