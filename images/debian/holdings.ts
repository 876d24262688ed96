import { access, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { writeFileAtomic } from '../../src/atomic-file.js';
import { archiveOf } from './apt-config.js';
import type { DebianPackage } from './package-index.js';
import type { Mirror } from './sources.js';

const answersSchema = z.object({
  version: z.literal(1),
  files: z.record(z.string(), z.object({ held: z.boolean(), at: z.number() })),
});
type Answers = z.infer<typeof answersSchema>['files'];

const dayInMs = 24 * 3_600_000;
/** A file may come when a mirror is complete again; one that is there goes with a point release. */
const ageLimits = { held: 7 * dayInMs, gone: dayInMs };
const atOnce = 8;
const patienceMs = 15_000;
/** An archive that did not answer so often is not asked any more. */
const mostFailures = 3;

const isYoung = ({ held, at }: Answers[string]) => Date.now() - at < (held ? ageLimits.held : ageLimits.gone);

/** Where a package can be fetched; undefined when its index did not say. */
export function fileUri(mirror: Mirror, { suite, path }: DebianPackage): string | undefined {
  return path === undefined ? undefined : `${archiveOf(mirror, suite)}/${path}`;
}

/** Whether there is a file at `uri`; undefined when nobody knows. */
async function ask(uri: string, signal?: AbortSignal): Promise<boolean | undefined> {
  const { protocol } = new URL(uri);
  if (protocol === 'file:' || protocol === 'copy:')
    return access(fileURLToPath(uri.replace(/^copy:/, 'file:'))).then(
      () => true,
      () => false,
    );
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  const limit = AbortSignal.timeout(patienceMs);
  const response = await fetch(uri, {
    method: 'HEAD',
    signal: AbortSignal.any([limit, ...(signal ? [signal] : [])]),
  });
  if (response.ok) return true;
  return response.status === 404 || response.status === 410 ? false : undefined;
}

/**
 * Which of the files that its index lists an archive really holds: after a point release an index may list for years what is
 * gone. Asked by HEAD requests, and remembered: a week when it is there, a day when not.
 */
export class Holdings {
  /** @param path where answers are kept */
  constructor(private readonly path: string) {}

  /**
   * By URI, whether the file is there; one that could not be asked about is left out.
   *
   * @param onAsk hears how many must be asked about
   */
  async of(
    uris: readonly string[],
    options: { signal?: AbortSignal | undefined; offline?: boolean; onAsk?: (files: number) => void } = {},
  ): Promise<Map<string, boolean>> {
    const known = await this.#read();
    const answers = new Map<string, boolean>();
    const unknown: string[] = [];
    for (const uri of new Set(uris)) {
      const answer = known[uri];
      if (answer && (options.offline || isYoung(answer))) answers.set(uri, answer.held);
      else unknown.push(uri);
    }
    if (unknown.length === 0 || options.offline) return answers;
    options.onAsk?.(unknown.length);
    const asked = await askAll(unknown, options.signal);
    for (const [uri, held] of asked) answers.set(uri, held);
    await this.#keep(asked);
    return answers;
  }

  /** Remembers that a download found the files at `uris` gone. */
  async areGone(uris: readonly string[]): Promise<void> {
    await this.#keep(new Map(uris.map((uri) => [uri, false])));
  }

  async #read(): Promise<Answers> {
    const text = await readFile(this.path, 'utf8').catch(() => undefined);
    try {
      return answersSchema.parse(JSON.parse(text ?? '')).files;
    } catch {
      return {};
    }
  }

  async #keep(answers: ReadonlyMap<string, boolean>): Promise<void> {
    if (answers.size === 0) return;
    const at = Date.now();
    const young = Object.entries(await this.#read()).filter(([, answer]) => at - answer.at < ageLimits.held);
    const files = Object.fromEntries([
      ...young,
      ...[...answers].map(([uri, held]) => [uri, { held, at }] as const),
    ]);
    await mkdir(dirname(this.path), { recursive: true });
    // Whoever has no room for the answers asks again.
    await writeFileAtomic(this.path, JSON.stringify({ version: 1, files })).catch(() => undefined);
  }
}

async function askAll(uris: readonly string[], signal?: AbortSignal): Promise<Map<string, boolean>> {
  const answers = new Map<string, boolean>();
  const waiting = [...uris];
  let failures = 0;
  const work = async () => {
    for (let uri = waiting.shift(); uri !== undefined; uri = waiting.shift()) {
      if (signal?.aborted || failures >= mostFailures) return;
      const held = await ask(uri, signal).catch(() => {
        failures++;
        return undefined;
      });
      if (held !== undefined) answers.set(uri, held);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return answers;
}
