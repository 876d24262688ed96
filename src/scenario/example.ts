import { valueAt } from '../dataset/compact-summary.js';
import { ABSENT, type MachineSummary, NO_RESPONSE, PARTIAL, valueText } from '../dataset/summary.js';
import { TextTable } from '../dataset/texts.js';
import { InputError } from '../errors.js';
import { fields } from '../probe/fields.js';
import { probeFrame } from '../probe/probe.js';
import { readFields } from '../probe/read-fields.js';
import type { ExampleResult } from '../report/example-result.js';
import type { Dataset } from './dataset.js';
import { runProbes } from './probe-set.js';
import type { MachineRecord, RunFolder } from './run-folder.js';
import type { Scenario } from './schema.js';

function machineOf({ summaries }: Dataset, id: string | undefined): MachineSummary | undefined {
  const found = id === undefined ? summaries[0] : summaries.find(({ machine }) => machine === id);
  if (id !== undefined && !found)
    throw new InputError(`the experiment example names the machine ${id}, which was not measured`, {
      remedy: `there are: ${summaries
        .slice(0, 5)
        .map(({ machine }) => machine)
        .join(', ')}${summaries.length > 5 ? ', ...' : ''}`,
    });
  return found;
}

/** The examples that a scenario asks for. Throws InputError for a machine or a probe that the run has not. */
export async function runExamples(
  folder: RunFolder,
  scenario: Scenario,
  { records, dataset }: { readonly records: readonly MachineRecord[]; readonly dataset: Dataset },
): Promise<ExampleResult[]> {
  const wanted = scenario.experiments.filter((experiment) => experiment.kind === 'example');
  if (wanted.length === 0) return [];
  const probes = await runProbes(folder, scenario);
  return wanted.flatMap((asked) => {
    const summary = machineOf(dataset, asked.machine);
    if (!summary) return [];
    const letters = dataset.letters.get(summary.machine) ?? '';
    const probe = asked.probe ?? Math.max(0, letters.indexOf('S'));
    if (probe >= probes.length)
      throw new InputError(`the experiment example names probe ${probe}, and ${probes.length} were sent`, {
        remedy: `give 0 to ${probes.length - 1}`,
      });
    const record = records.find(({ id }) => id === summary.machine)!;
    const texts = new TextTable();
    const sent = new Float64Array(fields.length);
    readFields(probeFrame(probes[probe]!, record.ports ?? scenario.probes), sent, 0, texts);
    const text = (place: number, value: number, own: readonly string[]) =>
      value === ABSENT || value === NO_RESPONSE || value === PARTIAL
        ? null
        : valueText(fields[place]!, value, own);
    return {
      ...{ machine: summary.machine, label: record.labels.kernel[2]!, probe },
      ...{ answered: summary.answers[probe]!, copies: summary.copies },
      fields: fields
        .map(({ name }, place) => ({
          field: name,
          probe: text(place, sent[place]!, texts.texts),
          response: text(place, valueAt(summary, probe, place, fields.length), summary.texts),
        }))
        .filter((one) => one.probe !== null || one.response !== null),
    };
  });
}
