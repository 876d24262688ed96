import { generateProbes } from '../probe/generator.js';
import type { Scenario } from './schema.js';

/** The probes of a scenario; equal scenario and seed give equal probes. */
export function probeSet(scenario: Scenario) {
  const { count, closed_share: closedShare } = scenario.probes;
  return generateProbes({ seed: scenario.seed, count, closedShare });
}
