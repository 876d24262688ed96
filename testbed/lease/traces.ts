import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { namespaceFolder } from '../lab/iproute.js';
import { lastingFile, leaseFolder } from './lease.js';

const named = /^stackbed-([0-9a-f]{16})$/;
/** A run makes its folder before its reaper. */
const youngMs = 10_000;

const isMark = /^[0-9a-f]{16}$/;

/** What there is of one lease on this machine. */
export interface Traces {
  readonly mark: string;
  readonly processes: number;
  readonly namespace: boolean;
  readonly folder: boolean;
  /** Somebody sees to it: a reaper waits for its end, or it is that of a lab that is up. */
  readonly held: boolean;
}

/** Everything on this machine that carries the mark of a lease, by lease. */
export async function allTraces(): Promise<Traces[]> {
  const found = new Map<string, { -readonly [K in keyof Traces]: Traces[K] }>();
  const of = (mark: string) => {
    const known = found.get(mark) ?? { mark, processes: 0, namespace: false, folder: false, held: false };
    found.set(mark, known);
    return known;
  };
  const marksIn = async (folder: string) =>
    (await readdir(folder).catch(() => [])).flatMap((name) => named.exec(name)?.[1] ?? []);
  for (const mark of await marksIn(namespaceFolder)) of(mark).namespace = true;
  for (const mark of await marksIn(tmpdir())) of(mark).folder = true;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = async (what: string) =>
      (await readFile(`/proc/${pid}/${what}`, 'latin1').catch(() => '')).split('\0');
    const command = await read('cmdline');
    // One that has ended and is not waited for has no command line.
    if (command[0] === '') continue;
    const prefix = 'STACKBED_LEASE=';
    const mark = (await read('environ')).find((each) => each.startsWith(prefix))?.slice(prefix.length);
    if (mark !== undefined && isMark.test(mark)) of(mark).processes++;
    const [, script = '', waitsFor = ''] = command;
    if (basename(script) === 'reaper.mjs' && isMark.test(waitsFor)) of(waitsFor).held = true;
  }
  const now = Date.now();
  for (const each of found.values()) {
    const made = (await stat(leaseFolder(each.mark)).catch(() => undefined))?.mtimeMs ?? 0;
    if (now - made < youngMs) each.held = true;
  }
  for (const each of found.values())
    if (each.processes > 0 && existsSync(lastingFile(each.mark))) each.held = true;
  return [...found.values()];
}
