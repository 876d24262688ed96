import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../src/atomic-file.js';
import { exclusively } from '../exclusive.js';
import type { OnProgress } from '../progress.js';
import type { AptRootContent } from './apt-config.js';
import { AptRoot, type PackageList } from './apt-root.js';
import { parseControl } from './control.js';

const packageSchema = z.object({
  suite: z.string(),
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  size: z.number().int(),
  sha256: z.string(),
});

/** One binary package in one suite; size in bytes. */
export type DebianPackage = z.infer<typeof packageSchema>;

const indexSchema = z.object({
  content: z.string(),
  missing: z.array(z.object({ suite: z.string(), reason: z.string() })),
  packages: z.array(packageSchema),
});

/** The packages of interest among all suites, and the suites that could not be fetched. */
export interface PackageIndex {
  readonly root: AptRoot;
  readonly packages: readonly DebianPackage[];
  readonly missing: readonly { readonly suite: string; readonly reason: string }[];
}

const hourInMs = 3_600_000;
const dayInMs = 24 * hourInMs;

const quote = (name: string) => name.replace(/[.+]/g, '\\$&');

/**
 * Reads the paragraphs of a Packages file that name a kernel or one of `others`; the rest is skipped
 * unparsed.
 */
export async function selectPackages(
  chunks: AsyncIterable<string>,
  suite: string,
  others: readonly string[],
): Promise<DebianPackage[]> {
  const packages: DebianPackage[] = [];
  const wanted = new RegExp(
    `^Package: (?:linux-(?:image|binary|modules|base)-\\d\\S*|${others.map(quote).join('|')})\n`,
  );
  const take = (paragraph: string) => {
    if (!wanted.test(paragraph)) return;
    const fields = parseControl(paragraph)[0]!;
    packages.push(
      packageSchema.parse({
        suite,
        name: fields.get('package'),
        version: fields.get('version'),
        architecture: fields.get('architecture'),
        size: Number(fields.get('size')),
        sha256: fields.get('sha256'),
      }),
    );
  };
  let rest = '';
  for await (const chunk of chunks) {
    const paragraphs = (rest + chunk).split('\n\n');
    rest = paragraphs.pop()!;
    paragraphs.forEach(take);
  }
  take(rest);
  return packages;
}

async function readLists(
  root: AptRoot,
  lists: readonly PackageList[],
  others: readonly string[],
): Promise<DebianPackage[]> {
  const packages: DebianPackage[] = [];
  for (const list of lists) packages.push(...(await selectPackages(root.read(list), list.suite, others)));
  return packages;
}

/** The index that was read last, unless it is too old or of other suites. */
async function fresh(path: string, content: string): Promise<z.infer<typeof indexSchema> | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (!info) return undefined;
  const { data } = indexSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  const ageLimit = data?.missing.length ? hourInMs : dayInMs;
  return data?.content === content && Date.now() - info.mtimeMs < ageLimit ? data : undefined;
}

/**
 * The package index of `content`, fetched when it is missing, more than a day old (an hour, when
 * a suite was missing) or when `refresh` is set.
 *
 * @param folder the private apt root, created when absent
 * @param others names of packages that are wanted beside kernels
 * @throws CapabilityError when no suite could be fetched
 */
export async function loadPackageIndex(
  folder: string,
  content: AptRootContent,
  others: readonly string[],
  options: { refresh?: boolean; signal?: AbortSignal | undefined; onProgress?: OnProgress | undefined } = {},
): Promise<PackageIndex> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'packages.json');
  const key = JSON.stringify([content, others]);
  return exclusively(join(folder, 'update.lock'), { signal: options.signal }, async () => {
    const root = await AptRoot.open(folder, content);
    const known = options.refresh ? undefined : await fresh(path, key);
    if (known) return { root, packages: known.packages, missing: known.missing };
    options.onProgress?.({ kind: 'index', suites: content.suites });
    const { lists, missing } = await root.update(options.signal);
    for (const { suite, reason } of missing)
      options.onProgress?.({ kind: 'suite-unavailable', suite, reason });
    const packages = await readLists(root, lists, others);
    await writeFileAtomic(path, JSON.stringify({ content: key, missing, packages }));
    return { root, packages, missing };
  });
}
