import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../src/atomic-file.js';
import { CapabilityError } from '../../src/errors.js';
import { exclusively } from '../exclusive.js';
import type { OnProgress } from '../progress.js';
import type { AptRootContent } from './apt-config.js';
import { AptRoot, type PackageList } from './apt-root.js';
import { parseControl } from './control.js';
import type { Mirror } from './sources.js';

const packageSchema = z.object({
  suite: z.string(),
  name: z.string(),
  version: z.string(),
  architecture: z.string(),
  size: z.number().int(),
  sha256: z.string(),
  /** Below the root of its archive; recorded ones have none. */
  path: z.string().optional(),
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
  readonly mirror: Mirror;
  /** When it was read from the archive, in ms since 1970. */
  readonly readAt: number;
  readonly packages: readonly DebianPackage[];
  readonly missing: readonly { readonly suite: string; readonly reason: string }[];
}

/** Raised by hand when more is kept of a package. */
const form = 2;

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
        path: fields.get('filename'),
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

interface Kept extends z.infer<typeof indexSchema> {
  readonly readAt: number;
}

/** The index that was read last, unless it is of other suites or cannot be read any more. */
async function kept(path: string, content: string): Promise<Kept | undefined> {
  try {
    const { mtimeMs: readAt } = await stat(path);
    const { data } = indexSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return data?.content === content ? { ...data, readAt } : undefined;
  } catch {
    return undefined;
  }
}

const isFresh = ({ missing, readAt }: Kept) =>
  Date.now() - readAt < (missing.length > 0 ? hourInMs : dayInMs);

export interface IndexOptions {
  /** Fetch it anew, however young the last is. */
  readonly refresh?: boolean;
  /** Take the last one, however old it is. */
  readonly offline?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * The package index of `content`, fetched when it is missing, more than a day old (an hour, when
 * a suite was missing) or when `refresh` is set.
 *
 * @param folder the private apt root, created when absent
 * @param others names of packages that are wanted beside kernels
 * @throws CapabilityError when no suite could be fetched, or none was before and `offline` is set
 */
export async function loadPackageIndex(
  folder: string,
  content: AptRootContent,
  others: readonly string[],
  options: IndexOptions = {},
): Promise<PackageIndex> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'packages.json');
  const key = JSON.stringify([form, content, others]);
  const { mirror } = content;
  const known = async (): Promise<PackageIndex | undefined> => {
    const last = options.refresh ? undefined : await kept(path, key);
    if (!last || !(options.offline || isFresh(last))) return undefined;
    return { root: await AptRoot.open(folder, content), mirror, ...last };
  };
  return (
    (await known()) ??
    exclusively(join(folder, 'update.lock'), { signal: options.signal }, async () => {
      const root = await AptRoot.open(folder, content);
      const meanwhile = await known();
      if (meanwhile) return meanwhile;
      if (options.offline)
        throw new CapabilityError('the package index of this catalogue was not read yet', {
          remedy: 'let it be read with: stackbed images list',
        });
      options.onProgress?.({ kind: 'index', suites: content.suites });
      const { lists, missing } = await root.update(options.signal);
      for (const { suite, reason } of missing)
        options.onProgress?.({ kind: 'suite-unavailable', suite, reason });
      const packages = await readLists(root, lists, others);
      await writeFileAtomic(path, JSON.stringify({ content: key, missing, packages }));
      return { root, mirror, packages, missing, readAt: Date.now() };
    })
  );
}
