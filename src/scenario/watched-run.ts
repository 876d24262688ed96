import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineRecord, RunFolder } from './run-folder.js';

/** How far a run is, by what lies in its folder: whoever looks need not be the one who runs it. */
export interface RunState {
  readonly phase: 'measuring' | 'learning' | 'done';
  readonly machines: number;
  readonly measured: number;
  readonly failed: readonly string[];
  /** Trials whose folders are being filled. */
  readonly underWay: readonly string[];
  readonly packetsSent: number;
  readonly packetsReceived: number;
  /** Over the machines measured last. */
  readonly packetsPerS: number | undefined;
  /** Until all machines are measured, s; undefined while too few are. */
  readonly remainingS: number | undefined;
}

const recent = 20;
const pendingName = /^\.(.+)\.[0-9a-f]{8}\.tmp$/;

/** Seconds a machine, over those that were finished last; undefined for fewer than two. */
function paceOf(finishedMs: readonly number[]): number | undefined {
  const last = [...finishedMs].sort((a, b) => a - b).slice(-recent);
  if (last.length < 2) return undefined;
  return (last.at(-1)! - last[0]!) / 1000 / (last.length - 1);
}

/** Looks at runs; a record that was read once is not read again. */
export class RunWatch {
  private readonly records = new Map<string, { record: MachineRecord; finishedMs: number }>();

  constructor(private readonly folder: RunFolder) {}

  /** How far the run is now. Throws InputError when its folder is gone. */
  async look(): Promise<RunState> {
    const { machines } = await this.folder.readManifest();
    for (const id of machines) {
      if (this.records.has(id)) continue;
      const record = await this.folder.readRecord(id);
      if (!record) continue;
      const { mtimeMs } = await stat(this.folder.file(join('machines', id, 'machine.json')));
      this.records.set(id, { record, finishedMs: mtimeMs });
    }
    const names = await readdir(this.folder.file('machines'));
    const done = [...this.records.values()];
    const records = done.map(({ record }) => record);
    const sum = (of: (record: MachineRecord) => number) =>
      records.reduce((total, record) => total + of(record), 0);
    const pace = paceOf(done.map(({ finishedMs }) => finishedMs));
    const latest = [...done].sort((a, b) => b.finishedMs - a.finishedMs).slice(0, recent);
    const measuredLast = latest.filter(({ record }) => record.duration_ms > 0);
    const rates = measuredLast.map(({ record }) => (1000 * record.packets_sent) / record.duration_ms);
    const whole = records.length === machines.length;
    return {
      phase: existsSync(this.folder.file('result.json')) ? 'done' : whole ? 'learning' : 'measuring',
      machines: machines.length,
      measured: records.length,
      failed: records.filter(({ status }) => status === 'failed').map(({ id }) => id),
      underWay: names.flatMap((name) => pendingName.exec(name)?.[1] ?? []).sort(),
      packetsSent: sum((record) => record.packets_sent),
      packetsReceived: sum((record) => record.packets_received),
      packetsPerS: rates.length > 0 ? rates.reduce((a, b) => a + b) / rates.length : undefined,
      remainingS: pace === undefined ? undefined : pace * (machines.length - records.length),
    };
  }
}
