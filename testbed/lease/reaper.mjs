// Runs detached beside a run and holds the other end of its lease: when the run's end of standard input
// closes, however the run died, every process that carries the lease's mark is ended, what the lease promised to
// undo is undone, and its folder removed.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const [mark = '', folder = ''] = process.argv.slice(2);
const wanted = `STACKBED_LEASE=${mark}`;

/** libvirtd gives the emulators that it questions a clean environment, whose paths alone lead to the lease. */
const isInFolder = (/** @type {string} */ environment) => folder !== '' && environment.includes(`${folder}/`);

/** Processes whose environment carries the lease's mark or folder; others' environments cannot be read and are not ours. */
function marked() {
  const found = [];
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      const environment = readFileSync(`/proc/${entry}/environ`, 'latin1');
      if (!environment.split('\0').includes(wanted) && !isInFolder(environment)) continue;
      const state = /\) (\S)/.exec(readFileSync(`/proc/${entry}/stat`, 'latin1'))?.[1];
      if (state !== 'Z') found.push(pid);
    } catch {
      // Gone already, or another user's.
    }
  }
  return found;
}

/** Commands that the lease left to be run (lease.ts, `willUndo`), the last first. */
function undoings() {
  try {
    const names = readdirSync(join(folder, 'undo')).filter((name) => name.endsWith('.json'));
    return names
      .sort()
      .reverse()
      .map((name) => JSON.parse(readFileSync(join(folder, 'undo', name), 'utf8')));
  } catch {
    return [];
  }
}

/** What is still being made by others may not be there to be undone at once. */
function undo() {
  const attempts = 3;
  for (const [program, ...args] of undoings())
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const { status } = spawnSync(program, args, {
        stdio: 'ignore',
        timeout: 10_000,
        killSignal: 'SIGKILL',
      });
      if (status === 0 || attempt === attempts) break;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    }
}

function reap() {
  let rounds = 0;
  const round = () => {
    const pids = mark === '' ? [] : marked();
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Ended between the look and the signal.
      }
    }
    if (pids.length > 0 && ++rounds < 200) {
      setTimeout(round, 25);
      return;
    }
    if (folder !== '') undo();
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
    process.exit(pids.length > 0 ? 1 : 0);
  };
  round();
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => {});
process.stdin.on('end', reap);
process.stdin.on('error', reap);
process.stdin.resume();
