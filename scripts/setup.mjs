// Gets a fresh Debian or Ubuntu machine ready, with nothing but Node: npm packages, system packages, build
// and, for the tests, images. Does only what is missing, and says what it does before it does it.
//   node scripts/setup.mjs run|test
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cannot = 3;
const oldestNode = [20, 19];
const testImages = ['linux-5.10', 'linux-6.12+deb13', 'linux-7.2+deb13'];

/** Programs that Stackbed calls, and the Debian package that has each. */
const required = [{ program: 'qemu-system-x86_64', package: 'qemu-system-x86', why: 'boots the machines' }];
/** Programs that make the tests check more; nobody is asked for a password for them. */
const forTests = [{ program: 'tshark', package: 'tshark', why: 'cross-checks the packet codec' }];

function say(text) {
  process.stdout.write(`setup: ${text}\n`);
}

function fail(text) {
  process.stderr.write(`setup: ${text}\n`);
  process.exit(cannot);
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) fail(`${command} could not be started: ${error.message}`);
  return status === 0;
}

function inPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]))
    fail(`Node ${process.versions.node} is too old: Stackbed needs ${oldestNode.join('.')} or newer`);
}

function npmPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).update(process.version).digest('hex');
  const stamp = join(root, 'node_modules', '.stackbed-setup');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('installing npm packages (npm ci)');
  if (!run('npm', ['ci', '--no-fund', '--no-audit'])) fail('npm ci failed; its own words are above');
  writeFileSync(stamp, wanted);
}

function aptGet(packages, prefix) {
  const [command, ...before] = [...prefix, 'apt-get'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '-q', '--no-install-recommends', ...packages];
  run(command, [...before, 'update', '-q'], { env });
  return run(command, [...before, ...install], { env });
}

function systemPackages(wanted, mayAsk) {
  const missing = wanted.filter(({ program }) => !inPath(program));
  if (missing.length === 0) return true;
  const names = missing.map((one) => one.package);
  for (const { program, why } of missing) say(`${program} is missing: it ${why}`);
  const isRoot = process.getuid?.() === 0;
  if (!inPath('apt-get') || !(isRoot || (mayAsk && inPath('sudo')))) return false;
  say(`installing system packages (${isRoot ? '' : 'sudo '}apt-get install ${names.join(' ')})`);
  return aptGet(names, isRoot ? [] : ['sudo']);
}

function newest(folder, ignore) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (ignore.includes(entry.name)) continue;
    const path = join(folder, entry.name);
    time = Math.max(time, entry.isDirectory() ? newest(path, ignore) : statSync(path).mtimeMs);
  }
  return time;
}

function build() {
  const stamp = join(root, 'dist', '.built');
  const sources = ['src', 'testbed', 'images'].map((folder) => newest(join(root, folder), []));
  const changed = Math.max(...sources, statSync(join(root, 'tsconfig.build.json')).mtimeMs);
  if (existsSync(stamp) && statSync(stamp).mtimeMs > changed) return;
  say('building (tsc)');
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!run(process.execPath, [tsc, '-p', 'tsconfig.build.json']))
    fail('the build failed; its messages are above');
  writeFileSync(stamp, '');
}

function pullTestImages() {
  say(`obtaining the images that the tests boot: ${testImages.join(', ')}`);
  if (!run(process.execPath, ['bin/stackbed', 'images', 'pull', ...testImages]))
    fail('the images could not be obtained; the reason is above');
}

const mode = process.argv[2];
if (mode !== 'run' && mode !== 'test') fail('usage: node scripts/setup.mjs run|test');
checkNode();
npmPackages();
if (!systemPackages(required, true))
  fail(
    `cannot install ${required.map((one) => one.package).join(' ')} without root; as root, run:\n` +
      `  apt-get install --no-install-recommends ${required.map((one) => one.package).join(' ')}`,
  );
build();
if (mode === 'test') {
  if (!systemPackages(forTests, false)) say('going on without: the tests that need them are skipped');
  pullTestImages();
}
