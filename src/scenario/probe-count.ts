import { buildMatrix } from '../dataset/matrix.js';
import { pairsByProbeCount } from '../learn/probe-count.js';
import { fields } from '../probe/fields.js';
import type { ProbeCountResult } from '../report/probe-count-result.js';
import type { Measured } from './experiments.js';
import { seenOf } from './learner-of.js';
import type { Scenario } from './schema.js';

/** Runs a scenario's experiments on the number of probes; none where fewer than two machines were measured. */
export function runProbeCounts(
  scenario: Scenario,
  { records, summaries, prone }: Pick<Measured, 'records' | 'summaries' | 'prone'>,
): ProbeCountResult[] {
  const wanted = scenario.experiments.filter((experiment) => experiment.kind === 'probe-count');
  if (wanted.length === 0 || summaries.length < 2) return [];
  const raw = buildMatrix(summaries, fields, { partial: scenario.dataset.partial });
  const seen = seenOf(raw, records, undefined, prone);
  return wanted.flatMap(({ fields: sets, pairs, sets: orders }) =>
    sets.map((fieldSet) => {
      const { counts, ...found } = pairsByProbeCount(seen.matrix(fieldSet), {
        ...{ pairs, sets: orders, seed: scenario.seed },
      });
      return {
        ...{ fields: fieldSet, sets: orders, machines: raw.rows.length, ...found },
        counts: counts.map(({ range95, ...one }) => ({ ...one, range95: [...range95] })),
      };
    }),
  );
}
