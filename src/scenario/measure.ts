import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BootableImage, CatalogEntry } from '../../images/index.js';
import { boot } from '../../testbed/boot.js';
import { type Driver, MachineFailure } from '../../testbed/machine.js';
import { nicWindow } from '../../testbed/nic.js';
import { writeDecisions } from '../dataset/impairment-store.js';
import { ResponseWriter } from '../dataset/response-writer.js';
import { InterruptedError } from '../errors.js';
import { digestDecisions } from '../netem/decision-log.js';
import { beginCapture } from './captured.js';
import type { Trial } from './conditions.js';
import { labelsOf } from './labels-of.js';
import { machineSpec } from './machine-spec.js';
import { nmapPorts, scanMachine } from './nmap-scans.js';
import { pathSpec } from './path-spec.js';
import { goneOf, probeMachine } from './probe-machine.js';
import { type FramesFor, orderOf } from './probe-set.js';
import { knownOpen, probedPorts } from './probed-ports.js';
import { usualGroup } from './probes-schema.js';
import type { MachineRecord, RunFolder } from './run-folder.js';
import type { Scenario } from './schema.js';
import { surveyMachine } from './survey-machine.js';
import type { AskTools } from './tools/ask.js';

export interface MeasureOptions {
  readonly scenario: Scenario;
  readonly trial: Trial;
  readonly image: BootableImage;
  /** What the catalogue says of the image. */
  readonly entry: CatalogEntry;
  /** Of the probes, by the machine's ports. */
  readonly framesFor: FramesFor;
  readonly driver: Driver;
  readonly folder: RunFolder;
  readonly slowdown: number;
  readonly signal: AbortSignal;
  /** Tools of others that are asked about the machine; default: none. */
  readonly askTools?: AskTools | undefined;
  readonly onReady: (bootMs: number) => void;
  readonly onProgress: (done: number, total: number) => void;
}

const bootPatienceMs = 30_000;
const sentinelPatienceMs = 3000;

/**
 * Boots one machine, probes it and puts its results into the run folder; a machine that fails is recorded
 * as failed with the end of its console. Throws InterruptedError, and then records nothing.
 */
export async function measureMachine(options: MeasureOptions): Promise<MachineRecord> {
  const { folder, trial } = options;
  try {
    return await bootAndProbe(options);
  } catch (error) {
    if (options.signal.aborted) throw new InterruptedError('measuring was interrupted', { cause: error });
    if (!(error instanceof MachineFailure)) throw error;
    const record: MachineRecord = {
      ...blank(trial, options.image, options.entry),
      status: 'failed',
      failure: { reason: error.reason, console: [...error.consoleTail] },
    };
    await folder.commitMachine(trial.id, (path) => folder.writeRecord(path, record));
    return record;
  }
}

/** Records a machine whose image cannot be had as failed. */
export async function recordUnobtainable(
  folder: RunFolder,
  trial: Trial,
  entry: CatalogEntry,
  reason: string,
): Promise<MachineRecord> {
  const { id, architecture, labels } = entry;
  const record: MachineRecord = {
    ...blank(trial, { id, digest: '', architecture, labels }, entry),
    status: 'failed',
    failure: { reason, console: [] },
  };
  await folder.commitMachine(trial.id, (path) => folder.writeRecord(path, record));
  return record;
}

type Described = Pick<BootableImage, 'id' | 'digest' | 'architecture' | 'labels' | 'process'>;

function blank(trial: Trial, image: Described, { answers, note }: CatalogEntry): MachineRecord {
  const { machine: planned, condition } = trial;
  return {
    id: planned.id,
    ...(condition.name !== '' && { condition: condition.name }),
    image: image.id,
    digest: image.digest,
    labels: labelsOf(planned, image.labels),
    answers: [...answers],
    ...(note !== undefined && { note: note.trim() }),
    hardware: {
      architecture: image.architecture,
      ram_mib: planned.ramMib,
      cores: planned.cores,
      nic: image.process?.wire ?? planned.nic,
      // A program has neither.
      ...(!image.process && { machine: planned.machine, cpu: planned.cpu }),
    },
    driver: planned.driver,
    ...(planned.network && { network: planned.network }),
    ...(planned.runtime && { runtime: planned.runtime }),
    configuration: { name: planned.configuration.name, sysctls: { ...planned.configuration.sysctls } },
    application: { name: planned.application.name, socket: { ...planned.application.socket } },
    status: 'measured',
    boot_ms: null,
    packets_sent: 0,
    packets_received: 0,
    unmatched: 0,
    late: 0,
    sentinels_lost: 0,
    duration_ms: 0,
    lost_by_path: 0,
    decisions: 0,
    decisions_digest: digestDecisions([]),
  };
}

async function bootAndProbe(options: MeasureOptions): Promise<MachineRecord> {
  const { scenario, trial, image, driver, folder, slowdown, signal } = options;
  const { machine: planned, condition } = trial;
  const { copies, reset, order, spread, state, group = usualGroup } = scenario.probes;
  const known = knownOpen(image, scenario.probes);
  const spec = machineSpec({ ...planned, id: trial.id }, image, known === undefined ? [] : [known]);
  const path = pathSpec(condition);
  const isClear = [path.forward, path.reverse, path.both ?? []].every((stages) => stages.length === 0);
  await using booted = await boot({
    driver,
    spec,
    path,
    seed: scenario.seed,
    // Conditions of a machine draw alike: what is lost at 1 % is lost at 2 %, too.
    link: planned.id,
    timeoutMs: (image.appliance ? image.appliance.patienceS * 1000 : bootPatienceMs) * slowdown,
    signal,
  });
  options.onReady(booted.bootMs);
  const { link } = booted;
  const { open, closed, sentinel } = await probedPorts(booted, image, scenario.probes, { slowdown, signal });
  const frames = options.framesFor({ open, closed });
  await using pending = await folder.beginMachine(trial.id);
  using responses = new ResponseWriter(pending.path, frames, copies);
  const total = frames.length * copies;
  using capture = await beginCapture(scenario, trial, link.path, folder);
  const probing = await probeMachine(booted, {
    ...{ id: trial.id, frames, copies, closedPort: closed, sentinel, reset, signal },
    // Conditions of a machine are probed in one order: what is compared is the condition.
    order: orderOf(scenario, frames.length, planned.id, { order, spread }),
    ...(state === 'fresh' && { group }),
    window: image.process?.window ?? nicWindow(planned.nic),
    timeoutMs: sentinelPatienceMs * slowdown,
    // A lossy path loses probes rightly: there nothing is sent again.
    ...(isClear && { answered: (probe: number, copy: number) => responses.has(probe, copy) }),
    onResponse: (probe, copy, frame, receivedMs) => responses.add(probe, copy, frame, receivedMs),
    onProgress: (done) => options.onProgress(done, total),
  });
  capture?.end();
  const { machine } = booted;
  const decisions = link.path.log.inOrder();
  const lost = link.path.dropped;
  const surveyed = scenario.survey
    ? await Promise.race([
        goneOf(machine, trial.id),
        surveyMachine(booted, { open, closed }, { slowdown, signal }),
      ])
    : undefined;
  const scanned = scenario.nmap
    ? await Promise.race([
        goneOf(machine, trial.id),
        scanMachine(booted, {
          ...{ id: trial.id, seed: scenario.seed, slowdown, signal, scans: scenario.nmap.scans },
          ports: nmapPorts({ open, closed }, options.entry.answers),
        }),
      ])
    : undefined;
  const answers =
    options.askTools &&
    (await Promise.race([
      goneOf(machine, trial.id),
      options.askTools(booted, { open, closed, slowdown, signal }),
    ]));
  const record: MachineRecord = {
    ...blank(trial, image, options.entry),
    ports: { open, closed },
    boot: machine.boot ?? 'cold',
    boot_ms: Math.round(booted.bootMs),
    sending: {
      ...{ order, spread, state },
      ...(state === 'fresh' && {
        group,
        restores: probing.restores,
        restore_ms: Math.round(probing.restoreMs),
      }),
    },
    packets_sent: probing.sent,
    packets_received: probing.received,
    unmatched: probing.unmatched,
    late: probing.late,
    sentinels_lost: probing.sentinelsLost,
    ...(probing.resent > 0 && { resent: probing.resent }),
    duration_ms: Math.round(probing.durationMs),
    lost_by_path: lost,
    decisions: decisions.length,
    decisions_digest: digestDecisions(decisions),
    ...(surveyed && { survey: surveyed }),
    ...(scanned && { nmap: scanned }),
    ...(answers && { tools: answers }),
  };
  await responses.finish();
  if (decisions.length > 0) await writeDecisions(join(pending.path, 'impairments.parquet'), decisions);
  await writeFile(join(pending.path, 'console.log'), machine.console.toString());
  await folder.writeRecord(pending.path, record);
  capture?.keep();
  await pending.commit();
  return record;
}
