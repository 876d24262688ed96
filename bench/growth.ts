import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import { pullImages } from '../images/index.js';
import { requireQemu } from '../testbed/drivers/qemu/platform.js';
import { Lease } from '../testbed/lease/lease.js';
import { qemuVersion } from '../testbed/qemu-version.js';
import { type Figure, figure, host, type Report } from './figures.js';
import { exponent } from './growth/fit.js';
import type { Taken } from './growth/one-run.js';

/** Sizes to be run; each list is along one axis, from its smallest size on. */
export interface GrowthSizes {
  /** Probes, of six copies each, to one machine. */
  readonly probes?: readonly number[] | undefined;
  /** Machines that get 1,000 probes each. */
  readonly machines?: readonly number[] | undefined;
}

const image = 'linux-6.12+deb13';
const copies = 6;
const usual = { probes: [1000, 10_000, 50_000], machines: [1, 4, 16] };
const probesOfEach = 1000;
/** Most memory that Node should need, MiB, whatever the size. */
const memoryWanted = 300;
/** Time and disk that grow no faster than this power of the size pass for linear. */
const linear = 1.1;

interface Point extends Taken {
  readonly size: number;
  /** Of the run's folder, bytes. */
  readonly disk: number;
}

async function measure(folder: string, size: number, probes: number, machines: number): Promise<Point> {
  const file = join(folder, `${machines}x${probes}.scenario.yaml`);
  const fleet = Array.from({ length: machines }, (_, index) => `{ram: ${256 + 16 * index}M}`);
  await writeFile(
    file,
    `machines: [{image: ${image}, instances: [${fleet.join(', ')}]}]\nprobes: {count: ${probes}, copies: ${copies}}\n`,
  );
  const program = fileURLToPath(new URL('./growth/one-run.js', import.meta.url));
  const { stdout } = await execaNode(program, [file, folder], { stdin: 'ignore', nodeOptions: [] });
  const taken = JSON.parse(stdout) as Taken;
  return { ...taken, size, disk: await bytesIn(taken.folder) };
}

async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((total, size) => total + size, 0);
}

/** The measured sizes along one axis, each beside what it would be if it grew as the size does, from the one before. */
function figures(axis: string, points: readonly Point[]): Figure[] {
  const along = (name: string, unit: string, of: (point: Point) => number) =>
    points.slice(1).map((point, before) =>
      figure({ name: `${point.size} ${axis}, ${name}`, unit, better: 'less', goal: 0.9 }, of(point), {
        linear: (of(points[before]!) * point.size) / points[before]!.size,
      }),
    );
  const fitted = (name: string, of: (point: Point) => number) =>
    figure({ name: `${name} by ${axis}`, unit: 'exponent', better: 'less', goal: 1 }, fitOf(points, of), {
      linear,
    });
  const time = (point: Point) => point.wallS;
  const disk = (point: Point) => point.disk / 2 ** 20;
  const grown = points.length < 2 ? [] : [fitted('time', time), fitted('disk', disk)];
  return [
    ...along('time', 's', time),
    ...along('disk', 'MiB', disk),
    ...points.map((point) =>
      figure(
        { name: `${point.size} ${axis}, peak of Node`, unit: 'MiB', better: 'less', goal: 1 },
        point.peakMib,
        { wanted: memoryWanted },
      ),
    ),
    ...grown,
  ];
}

const fitOf = (points: readonly Point[], of: (point: Point) => number) =>
  exponent(points.map((point) => ({ x: point.size, y: of(point) })));

/**
 * Time, peak of memory and disk of whole runs by their probes, and by their machines: each in a process of its own, two
 * machines at once. Under TCG.
 */
export async function growth(say: (text: string) => void, sizes: GrowthSizes = {}): Promise<Report> {
  await pullImages([image]);
  await using lease = await Lease.acquire();
  const sorted = (list: readonly number[]) => [...new Set(list)].sort((left, right) => left - right);
  const run = async (axis: string, size: number, probes: number, machines: number) => {
    const point = await measure(lease.folder, size, probes, machines);
    const { wallS, cpuS, peakMib, probingMib, disk, packets, unmatched } = point;
    const perPacket = `${(disk / packets).toFixed(1)} B a packet, ${unmatched} unmatched`;
    const memory = `peak ${peakMib.toFixed(0)} MiB (${probingMib.toFixed(0)} till the last machine was measured), disk ${(disk / 2 ** 20).toFixed(1)} MiB`;
    say(
      `${size} ${axis}: ${packets} packets in ${wallS.toFixed(1)} s, Node ${cpuS.toFixed(1)} CPU s, ${memory}, ${perPacket}`,
    );
    return point;
  };
  const byProbes: Point[] = [];
  for (const size of sorted(sizes.probes ?? usual.probes)) byProbes.push(await run('probes', size, size, 1));
  const byMachines: Point[] = [];
  for (const size of sorted(sizes.machines ?? usual.machines))
    byMachines.push(await run('machines', size, probesOfEach, size));
  return {
    bench: 'growth',
    at: new Date().toISOString(),
    host: host({ qemu: await qemuVersion(await requireQemu('amd64')), accelerator: 'tcg', image }),
    notes: {
      linear: `what it would be if it grew as the size does from the size before; an exponent up to ${linear} passes`,
    },
    figures: [...figures('probes', byProbes), ...figures('machines', byMachines)],
  };
}
