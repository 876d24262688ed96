import { loadCatalog } from '../../images/index.js';
import { checkFleet } from '../../src/scenario/check-fleet.js';
import { expandFleet, type PlannedMachine } from '../../src/scenario/fleet.js';
import { expandPatterns } from '../../src/scenario/image-patterns.js';
import { loadPresets } from '../../src/scenario/presets.js';
import { parseScenario } from '../../src/scenario/read.js';

const catalog = await loadCatalog();
export const presets = await loadPresets();

/** The fleet of a scenario's text. Throws InputErrors as the command line would. */
export function fleetOf(text: string): PlannedMachine[] {
  const read = parseScenario(text, 'a.scenario.yaml');
  checkFleet(read, catalog, presets);
  return expandFleet(expandPatterns(read.scenario, catalog), presets, catalog);
}

/** What makes an instance, without its name. */
export function content({ id: _, ...machine }: PlannedMachine): string {
  const { configuration, application, ...hardware } = machine;
  const settings = [configuration.sysctls, application.socket].map((one) => Object.entries(one).sort());
  return JSON.stringify([hardware, settings]);
}
