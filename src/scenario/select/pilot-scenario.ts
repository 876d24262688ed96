type Values = Readonly<Record<string, unknown>>;

/** The same value with the first list in it, wherever it is, cut to its first item. */
function withFirstOnly(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withFirstOnly(inner)]));
}

function firstCondition(condition: Values): Values {
  return condition.sweep === undefined ? condition : { ...condition, sweep: withFirstOnly(condition.sweep) };
}

/**
 * What a scenario's pilot runs, as the scenario's own words: all probes under the first condition, without captures,
 * survey and what compares conditions.
 */
export function pilotInput(input: Values): Values {
  const { captures: _captures, survey: _survey, probes, conditions, experiments, ...rest } = input;
  const { select: _select, pilot: _pilot, keep: _keep, random: _random, ...sent } = (probes ?? {}) as Values;
  const [first] = (conditions ?? []) as readonly Values[];
  const accuracy = ((experiments ?? []) as readonly Values[]).filter(({ kind }) => kind === 'accuracy');
  return {
    ...rest,
    probes: sent,
    ...(first && { conditions: [firstCondition(first)] }),
    ...(accuracy.length > 0 && { experiments: accuracy }),
  };
}
