import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readDecisions } from '../../dataset/impairment-store.js';
import { unreadable } from '../../dataset/parquet.js';
import { type RawResponses, readRaw } from '../../dataset/raw.js';
import { InputError } from '../../errors.js';
import { DecisionIndex } from '../../netem/journey/exchange.js';
import type { Lanes } from '../../netem/journey/follow.js';
import { buildLanes } from '../../netem/lane.js';
import { type Probe, probeFrame, probesDigest } from '../../probe/probe.js';
import { conditionsOf } from '../conditions.js';
import { nearestName } from '../nearest-name.js';
import { pathSpec } from '../path-spec.js';
import { runProbes } from '../probe-set.js';
import type { MachineRecord, Manifest, RunFolder } from '../run-folder.js';
import type { Scenario } from '../schema.js';

/** What a run recorded about one machine, and what follows from its scenario. */
export interface Evidence {
  readonly scenario: Scenario;
  readonly record: MachineRecord;
  readonly probes: readonly Probe[];
  /** The probes' frames as their first copies carried them to this machine. */
  readonly frames: readonly Uint8Array[];
  readonly lanes: Lanes;
  readonly decisions: DecisionIndex;
  readonly raw: RawResponses;
  /** The decision log, for errors about what it says. */
  readonly log: string;
}

/**
 * Gathers the records of one machine of a run, under one condition: `machine@condition`. Throws InputError for a
 * machine that the run does not have or did not measure, and for records that are missing or damaged.
 */
export async function gatherEvidence(folder: RunFolder, machine: string): Promise<Evidence> {
  const [{ scenario }, manifest] = await Promise.all([folder.readScenario(), folder.readManifest()]);
  if (manifest.recorded)
    throw new InputError(
      `${folder.path} was made of the recorded dataset ${manifest.recorded.name}, which keeps no answers`,
      { remedy: `to have them, run it live: ${manifest.command.replace(/ --from .*/, '')}` },
    );
  const record = await measuredRecord(folder, manifest, machine);
  const condition = conditionsOf(scenario).find(({ name }) => name === (record.condition ?? ''))!;
  const lanes = buildLanes(pathSpec(condition), scenario.seed, record.id);
  const log = folder.file(join('machines', machine, 'impairments.parquet'));
  if (record.decisions > 0 && !existsSync(log))
    throw unreadable(log, `it is missing, and the machine's path took ${record.decisions} decisions`);
  const probes = await runProbes(folder, scenario);
  const { open, closed } = scenario.probes;
  const framesTo = (ports: { open: number; closed: number }) =>
    probes.map((probe) => probeFrame(probe, ports));
  if (probesDigest(framesTo({ open, closed })) !== manifest.probesDigest)
    throw new InputError(`${folder.path} sent other probes than its scenario gives now`, {
      remedy: `it was made by Stackbed ${manifest.stackbed}: explain it with that version`,
    });
  const frames = framesTo(record.ports ?? { open, closed });
  const [raw, decisions] = await Promise.all([
    readRaw(folder.file(join('machines', machine, 'responses.parquet')), () => frames),
    record.decisions > 0 ? readDecisions(log) : [],
  ]);
  return {
    ...{ scenario, record, probes, lanes, raw, log, frames },
    decisions: new DecisionIndex(decisions),
  };
}

/** The record of a machine that was measured. Throws InputError that says why there is none. */
export async function measuredRecord(
  folder: RunFolder,
  manifest: Manifest,
  machine: string,
): Promise<MachineRecord> {
  if (!manifest.machines.includes(machine)) {
    const near = nearestName(machine, manifest.machines);
    const all = manifest.machines.slice(0, 8).join(', ');
    const more = manifest.machines.length > 8 ? `, ... (${manifest.machines.length})` : '';
    throw new InputError(`${folder.path} has no machine "${machine}"`, {
      remedy: `${near ? `did you mean "${near}"? ` : ''}it has: ${all}${more}`,
    });
  }
  const record = await folder.readRecord(machine);
  if (!record)
    throw new InputError(`${machine} was not measured before the run was interrupted`, {
      remedy: `go on with: stackbed run --resume ${folder.path}`,
    });
  if (record.status === 'failed')
    throw new InputError(
      `${machine} failed, so that no probe was sent: ${record.failure?.reason ?? 'no reason given'}`,
      {
        remedy: `try it again with: stackbed run --resume ${folder.path}`,
      },
    );
  return record;
}
