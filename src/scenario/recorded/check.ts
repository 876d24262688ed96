import { InputError, InputErrors } from '../../errors.js';
import { probesDigest } from '../../probe/probe.js';
import { conditionsOf, type Trial } from '../conditions.js';
import { framesOf, probeSet } from '../probe-set.js';
import type { ReadScenario } from '../read.js';
import type { MachineRecord } from '../run-folder.js';
import type { Scenario } from '../schema.js';
import { toolsOf } from '../tools/results.js';
import type { Recording } from './store.js';

/** What is asked of a recorded dataset, and what it has. */
export interface Asked {
  readonly read: ReadScenario;
  readonly trials: readonly Trial[];
  readonly recording: Recording;
  /** The scenario that was recorded. */
  readonly of: Scenario;
  readonly records: ReadonlyMap<string, MachineRecord>;
  /** Where it was found, for errors. */
  readonly folder: string;
}

const compared = [
  ...['count', 'copies', 'open', 'closed', 'closed_share', 'reset', 'order', 'spread', 'state', 'group'],
  'select',
] as const;

const shown = (value: unknown) => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
};

const live = ({ read }: Asked) => `measure it: stackbed run ${read.file}`;

function probing(asked: Asked): InputError[] {
  const { read, of, folder } = asked;
  const given = read.scenario.probes as unknown as Readonly<Record<string, unknown>>;
  const recorded = of.probes as unknown as Readonly<Record<string, unknown>>;
  const errors = compared.flatMap((name) => {
    if (JSON.stringify(given[name]) === JSON.stringify(recorded[name])) return [];
    return [
      new InputError(
        `probes.${name} is ${shown(given[name])}, and ${folder} was recorded with ${shown(recorded[name])}`,
        { place: read.place(['probes', name]), remedy: live(asked) },
      ),
    ];
  });
  if (read.scenario.seed !== of.seed)
    errors.unshift(
      new InputError(`seed is ${read.scenario.seed}, and ${folder} was recorded with ${of.seed}`, {
        place: read.place(['seed']),
        remedy: live(asked),
      }),
    );
  return errors;
}

function sentProbes(asked: Asked): InputError[] {
  const { read, recording, folder } = asked;
  const { open, closed } = read.scenario.probes;
  const digest = probesDigest(framesOf(probeSet(read.scenario), { open, closed }));
  if (digest === recording.manifest.probesDigest) return [];
  return [
    new InputError(`${folder} was recorded with other probes than the scenario gives now`, {
      remedy: `it was made by Stackbed ${recording.manifest.stackbed}, with another generator; ${live(asked)}`,
    }),
  ];
}

function paths(asked: Asked): InputError[] {
  const { read, of, folder } = asked;
  const known = new Map(conditionsOf(of).map(({ name, path }) => [name, JSON.stringify(path)]));
  return conditionsOf(read.scenario).flatMap(({ name, path }) => {
    const before = known.get(name);
    if (before === JSON.stringify(path)) return [];
    const what = name === '' ? 'the path' : `condition "${name}"`;
    const found =
      before === undefined
        ? `there are: ${[...known.keys()].map((one) => one || 'none by name').join(', ')}`
        : 'it has other stages';
    const place = read.place([name === '' ? 'path' : 'conditions']);
    return [
      new InputError(`${what} was not recorded in ${folder}; ${found}`, { place, remedy: live(asked) }),
    ];
  });
}

/** Machines that are not there, or were there by other settings than their names stand for today. */
function machines(asked: Asked): InputError[] {
  const { read, records, trials, folder } = asked;
  const list = (ids: readonly string[]) =>
    `${ids.slice(0, 5).join(', ')}${ids.length > 5 ? `, ... (${ids.length})` : ''}`;
  const missing = trials.filter(({ id }) => !records.has(id)).map(({ id }) => id);
  const other = trials.filter(({ id, machine: { application, configuration } }) => {
    const record = records.get(id);
    if (!record) return false;
    const before = [record.configuration?.sysctls ?? {}, record.application?.socket ?? {}];
    return JSON.stringify(before) !== JSON.stringify([configuration.sysctls, application.socket]);
  });
  const place = read.place(['machines']);
  return [
    ...(missing.length > 0
      ? [
          new InputError(
            `${missing.length} machines of the scenario are not in ${folder}: ${list(missing)}`,
            {
              ...{ place, remedy: live(asked) },
            },
          ),
        ]
      : []),
    ...(other.length > 0
      ? [
          new InputError(
            `${other.length} machines were recorded in ${folder} with other settings than their presets have now: ` +
              list(other.map(({ id }) => id)),
            { place, remedy: live(asked) },
          ),
        ]
      : []),
  ];
}

function extras(asked: Asked): InputError[] {
  const { read, of, folder } = asked;
  const { scenario } = read;
  const fault = (what: string, at: string) =>
    new InputError(`${what} was not recorded in ${folder}`, { place: read.place([at]), remedy: live(asked) });
  const before = new Set(toolsOf(of));
  return [
    ...(scenario.nmap && !of.nmap ? [fault('what nmap’s probes find', 'nmap')] : []),
    ...(scenario.survey && !of.survey ? [fault('a survey', 'survey')] : []),
    ...(scenario.captures.length > 0 ? [fault('a capture', 'captures')] : []),
    ...toolsOf(scenario)
      .filter((tool) => !before.has(tool))
      .map((tool) => fault(`what ${tool} says`, 'experiments')),
  ];
}

/** Throws InputErrors that name all in which a scenario asks for what a dataset was not recorded with. */
export function checkRecorded(asked: Asked): void {
  const errors = [...probing(asked), ...paths(asked), ...machines(asked), ...extras(asked)];
  // Other probes follow from other counts, which are told already.
  if (errors.length === 0) errors.push(...sentProbes(asked));
  if (errors.length > 0) throw new InputErrors(errors);
}
