// Runs detached beside a run and holds the other end of its lease: when the run's end of standard input
// closes, however the run died, every process that carries the lease's mark is ended and its folder removed.
import { readdirSync, readFileSync, rmSync } from 'node:fs';

const [mark = '', folder = ''] = process.argv.slice(2);
const wanted = `STACKBED_LEASE=${mark}`;

/** Processes whose environment carries the lease's mark; others' environments cannot be read and are not ours. */
function marked() {
  const found = [];
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${entry}/environ`, 'latin1').split('\0').includes(wanted)) continue;
      const state = /\) (\S)/.exec(readFileSync(`/proc/${entry}/stat`, 'latin1'))?.[1];
      if (state !== 'Z') found.push(pid);
    } catch {
      // Gone already, or another user's.
    }
  }
  return found;
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
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
    process.exit(pids.length > 0 ? 1 : 0);
  };
  round();
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => {});
process.stdin.on('end', reap);
process.stdin.on('error', reap);
process.stdin.resume();
