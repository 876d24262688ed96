// Gets a fresh Debian or Ubuntu machine ready, with nothing but Node: npm packages, system packages, build
// and, for the tests, images. Does only what is missing, and says what it does before it does it.
//   node scripts/setup.mjs run [ARCHITECTURE…]   for scenarios with machines of amd64, i386 and those named
//   node scripts/setup.mjs test
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
const testImages = ['linux-5.10', 'linux-6.12+deb13', 'linux-7.2+deb13', 'container-debian-13'];

/** Programs that Stackbed calls, and the Debian package that has each: the first of several that there is. */
const required = [
  { program: 'qemu-system-x86_64', packages: ['qemu-system-x86'], why: 'boots the machines' },
];
/** What boots machines of further architectures: installed where they are named, and for the tests. */
const emulators = {
  arm64: { program: 'qemu-system-aarch64', packages: ['qemu-system-arm'], why: 'boots machines of arm64' },
  riscv64: {
    program: 'qemu-system-riscv64',
    // A package of its own from Debian 13 on.
    packages: ['qemu-system-riscv', 'qemu-system-misc'],
    why: 'boots machines of riscv64',
  },
};
/** Programs that make the tests check more; nobody is asked for a password for them. */
const forTests = [
  { program: 'qemu-img', packages: ['qemu-utils'], why: 'converts the disks of appliances' },
  { program: 'ip', packages: ['iproute2'], why: 'makes the bridges of the lab' },
  { program: 'tshark', packages: ['tshark'], why: 'cross-checks the packet codec' },
  { program: 'libvirtd', packages: ['libvirt-daemon'], why: 'boots machines of the driver libvirt' },
  { program: 'virt-qemu-run', packages: ['libvirt-daemon-driver-qemu'], why: 'lets libvirt use QEMU' },
  { program: 'virsh', packages: ['libvirt-clients'], why: 'gives orders to libvirt' },
  ...Object.values(emulators),
];

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
  // Daemons lie where an ordinary user's PATH does not lead.
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].some((folder) => {
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

function inArchive(name) {
  const { stdout } = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' });
  return /Candidate: (?!\(none\))/.test(stdout ?? '');
}

const packageOf = ({ packages }) => packages.find(inArchive) ?? packages.at(-1);

function aptGet(missing, prefix) {
  const [command, ...before] = [...prefix, 'apt-get'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run(command, [...before, 'update', '-q'], { env });
  const names = missing.map(packageOf);
  say(`installing system packages (${[...prefix, 'apt-get install', ...names].join(' ')})`);
  return run(command, [...before, 'install', '-y', '-q', '--no-install-recommends', ...names], { env });
}

function systemPackages(wanted, mayAsk) {
  const missing = wanted.filter(({ program }) => !inPath(program));
  if (missing.length === 0) return true;
  for (const { program, why } of missing) say(`${program} is missing: it ${why}`);
  const isRoot = process.getuid?.() === 0;
  if (!inPath('apt-get') || !(isRoot || (mayAsk && inPath('sudo')))) return false;
  return aptGet(missing, isRoot ? [] : ['sudo']);
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
  const sources = ['src', 'testbed', 'images', 'bench'].map((folder) => newest(join(root, folder), []));
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

const [mode, ...architectures] = process.argv.slice(2);
const unknown = architectures.find((name) => !(name in emulators) && name !== 'amd64' && name !== 'i386');
if ((mode !== 'run' && mode !== 'test') || unknown !== undefined)
  fail(`usage: node scripts/setup.mjs run [${Object.keys(emulators).join('|')} …], or test`);
required.push(...architectures.flatMap((name) => emulators[name] ?? []));
checkNode();
npmPackages();
if (!systemPackages(required, true))
  fail(
    `cannot install ${required.map(packageOf).join(' ')} without root; as root, run:\n` +
      `  apt-get install --no-install-recommends ${required.map(packageOf).join(' ')}`,
  );
build();
if (mode === 'test') {
  if (!systemPackages(forTests, false)) say('going on without: the tests that need them are skipped');
  pullTestImages();
}
