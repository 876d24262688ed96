import { cpus, freemem, totalmem } from 'node:os';
import { cacheFolder, diskUse, listStored } from '../../images/index.js';
import { chooseAccelerator, trialImage } from '../../testbed/accelerator.js';
import { findDocker } from '../../testbed/engines/docker.js';
import { libvirtVersion } from '../../testbed/engines/libvirt.js';
import { hostLacks } from '../../testbed/host-box/host.js';
import { requirePrivileges } from '../../testbed/lab/lab.js';
import { findProgram } from '../../testbed/program.js';
import { qemuVersion } from '../../testbed/qemu-version.js';
import { slowdownFactor } from '../../testbed/speed.js';
import { CapabilityError, StackbedError } from '../errors.js';

export interface Finding {
  readonly check: string;
  /** `missing` keeps scenarios from running; `note` is good to know. */
  readonly state: 'ok' | 'note' | 'missing';
  readonly found: string;
  readonly remedy?: string | undefined;
}

const oldestNode = [20, 19];

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > oldestNode[0]! || (major === oldestNode[0] && minor >= oldestNode[1]!);
  return {
    check: 'node',
    state: ok ? 'ok' : 'missing',
    found: process.versions.node,
    remedy: 'install Node 20.19 or newer',
  };
}

async function program(check: string, name: string, install: string): Promise<Finding> {
  const path = await findProgram(name);
  return {
    check,
    state: path ? 'ok' : 'missing',
    found: path ?? `${name} is not in PATH`,
    remedy: `install it with: apt-get install --no-install-recommends ${install}`,
  };
}

async function qemu(): Promise<Finding> {
  const finding = await program('qemu', 'qemu-system-x86_64', 'qemu-system-x86');
  if (finding.state !== 'ok') return finding;
  return { ...finding, found: `${await qemuVersion(finding.found)} (${finding.found})` };
}

async function accelerator(): Promise<Finding> {
  const image = trialImage(await listStored());
  const check = 'accelerator';
  if (!image) return { check, state: 'note', found: 'not measured: no image is in the store yet' };
  try {
    const verdict = await chooseAccelerator({
      image,
      cacheFolder: cacheFolder(),
      slowdown: slowdownFactor(),
    });
    return { check, state: 'ok', found: `${verdict.accelerator}: ${verdict.reason}` };
  } catch (error) {
    if (!(error instanceof StackbedError)) throw error;
    return { check, state: 'note', found: error.message };
  }
}

/** What containers and domains need; other machines do without. */
async function lab(): Promise<Finding[]> {
  const said = async (check: string, find: () => Promise<string>): Promise<Finding> => {
    try {
      return { check, state: 'ok', found: await find() };
    } catch (error) {
      if (!(error instanceof StackbedError)) throw error;
      return { check, state: 'note', found: error.message, remedy: error.remedy };
    }
  };
  return [
    await said('lab', async () => {
      requirePrivileges();
      const ip = await findProgram('ip');
      if (!ip) throw new CapabilityError('ip is not in PATH: without iproute2 there are no bridges');
      return `root, and ${ip}: bridges in network namespaces can be made`;
    }),
    await said('docker', async () => {
      const engine = await findDocker();
      if (engine) return `${engine.version} (${engine.found}: ${engine.socket})`;
      return 'no engine runs: one is unpacked and started for a run that needs it';
    }),
    await said('libvirt', async () => libvirtVersion(undefined)),
  ];
}

/** An image is built in some hundred MB, of packages of up to 200 MB. */
const littleSpace = 2e9;

async function store(): Promise<Finding> {
  const { folder, images, packages, others, free } = await diskUse();
  const gb = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  const taken = gb(images.bytes + packages.bytes + others);
  return {
    check: 'image store',
    state: free < littleSpace ? 'note' : 'ok',
    found: `${images.count} images and ${packages.count} packages in ${folder}, ${taken}; ${gb(free)} free on the disk`,
  };
}

async function kernelPath(): Promise<Finding> {
  const lacks = await hostLacks();
  return {
    check: 'tc and nft',
    state: lacks.length > 0 ? 'note' : 'ok',
    found:
      lacks.length > 0
        ? `no box for paths here, but the netem appliance is one (${lacks.join('; ')})`
        : 'this kernel can be the box of a path',
  };
}

/** What this machine can do. Boots one guest where /dev/kvm opens and an image is stored; else costs little. */
export async function diagnose(): Promise<Finding[]> {
  const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
  const factor = slowdownFactor();
  return [
    node(),
    await qemu(),
    await program('apt', 'apt-get', 'apt'),
    await program('dpkg', 'dpkg-deb', 'dpkg'),
    {
      check: 'setpriv',
      state: (await findProgram('setpriv')) ? 'ok' : 'note',
      found: (await findProgram('setpriv')) ?? 'not in PATH: the reaper alone ends guests of a killed run',
    },
    await accelerator(),
    ...(await lab()),
    {
      check: 'machine',
      state: 'ok',
      found: `${cpus().length} cores, ${gib(freemem())} of ${gib(totalmem())} GiB free, slowdown factor ${factor.toFixed(2)}`,
    },
    await store(),
    await kernelPath(),
  ];
}
