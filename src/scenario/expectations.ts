import jsonata from 'jsonata';
import type { ExpectationResult } from '../report/expectation-result.js';
import type { Scenario } from './schema.js';

type Outcome = { readonly value: unknown } | { readonly fault: string };

/**
 * Holds what a scenario expects against a result as it stands in `result.json`; an expression that fails is told. A
 * finding whose `when` is false is left out; one whose `when` is neither true nor false cannot be judged.
 */
export async function judge(
  scenario: Pick<Scenario, 'expect'>,
  result: unknown,
): Promise<ExpectationResult[]> {
  const { expect } = scenario;
  if (expect.length === 0) return [];
  const json: unknown = JSON.parse(JSON.stringify(result));
  const ask = (expression: string) => evaluate(expression, json, scenario);
  const found: ExpectationResult[] = [];
  for (const { finding, holds: expression, paper, reason, reproduces, shows, when } of expect) {
    const asked = when === undefined ? { holds: true } : verdict(await ask(when));
    if (asked.holds === false) continue;
    const judged = asked.holds
      ? verdict(await ask(expression))
      : { holds: null, fault: `when: ${asked.fault}` };
    const values: ExpectationResult['values'] = [];
    for (const [name, shown] of Object.entries(shows)) values.push({ name, ...plain(await ask(shown)) });
    found.push({
      ...{ finding, expression, ...judged, values },
      ...(paper !== undefined && { paper }),
      ...(reason !== undefined && { reason }),
      ...(!reproduces && { reproduces }),
    });
  }
  return found;
}

async function evaluate(expression: string, json: unknown, scenario: unknown): Promise<Outcome> {
  try {
    return { value: await jsonata(expression).evaluate(json, { scenario }) };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

function verdict(outcome: Outcome): Pick<ExpectationResult, 'holds' | 'fault'> {
  if ('fault' in outcome) return { holds: null, fault: outcome.fault };
  const { value } = outcome;
  if (typeof value === 'boolean') return { holds: value };
  const given = value === undefined ? 'nothing' : `${JSON.stringify(value)}`.slice(0, 60);
  return { holds: null, fault: `it gives ${given}, neither true nor false` };
}

function plain(outcome: Outcome): Pick<ExpectationResult['values'][number], 'value' | 'text'> {
  const value = 'value' in outcome ? outcome.value : undefined;
  if (typeof value === 'number') return { value };
  if (value === undefined || value === null) return { value: null };
  return { value: null, text: typeof value === 'string' ? value : JSON.stringify(value) };
}
