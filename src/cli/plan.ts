import { Command } from 'commander';
import { storedImage } from '../../images/index.js';
import { countBias } from '../scenario/bias.js';
import { conditionsOf, trialsOf } from '../scenario/conditions.js';
import { countExperiments } from '../scenario/experiments.js';
import { countNoise } from '../scenario/noise.js';
import { estimate, passesOf, waitingS } from '../scenario/plan.js';
import { readScenario } from '../scenario/read.js';
import { checkRunnable } from '../scenario/run.js';
import { formatMib } from '../scenario/units.js';
import { jobsOption, jsonOption } from './options.js';
import { formatSeconds, printJson, printText, table } from './output.js';

export function planCommand(): Command {
  return new Command('plan')
    .description('say what a scenario would boot and send, and about how long it would take')
    .argument('<scenario>', 'a .scenario.yaml file')
    .addOption(jobsOption())
    .addOption(jsonOption())
    .action(async (file: string, options: { jobs: number; json?: boolean }) => {
      const read = await readScenario(file);
      const fleet = await checkRunnable(read);
      const ids = [...new Set(fleet.map((machine) => machine.image))];
      const stored = new Map(await Promise.all(ids.map(async (id) => [id, await storedImage(id)] as const)));
      const missing = ids.filter((id) => stored.get(id) === undefined);
      const { probes } = read.scenario;
      const conditions = conditionsOf(read.scenario);
      const { pilot, fleet: all } = passesOf(
        read.scenario,
        fleet.length,
        trialsOf(read.scenario, fleet).length,
      );
      const total = (key: 'boots' | 'packets' | 'restores') => all[key] + (pilot?.[key] ?? 0);
      const restores = total('restores');
      const plan = {
        scenario: read.scenario.name,
        seed: read.scenario.seed,
        machines: fleet.map((machine) => ({ ...machine, pinned: stored.get(machine.image)?.id ?? null })),
        images: { wanted: ids.length, missing },
        ...(conditions.length > 1 && { conditions: conditions.map(({ name }) => name) }),
        ...(pilot && { pilot: { machines: pilot.boots, packets: pilot.packets } }),
        packets: total('packets'),
        ...(restores > 0 && { restores }),
        experiments: countExperiments(read.scenario) + countNoise(read.scenario) + countBias(read.scenario),
        estimated_s: estimate({
          ...{ machines: total('boots'), packets: total('packets'), restores, jobs: options.jobs },
          programs: fleet.filter(({ driver }) => driver === 'process').length / fleet.length,
          waitingS: waitingS(read.scenario),
        }),
      };
      if (options.json) {
        printJson(plan);
        return;
      }
      const under = conditions.length > 1 ? ` x ${conditions.length} conditions` : '';
      const isWhole = all.boots === fleet.length * conditions.length;
      const measured = isWhole
        ? `${fleet.length} machines${under}`
        : `${all.boots} machines under a condition`;
      const rows = plan.machines.map(({ id, pinned, configuration, application, ...hardware }) => [
        ...[id, pinned ?? '(not pulled yet)', formatMib(hardware.ramMib), hardware.cores],
        ...[hardware.nic, hardware.machine, hardware.cpu, configuration.name, application.name],
      ]);
      const headings = [
        'machine',
        'image',
        'ram',
        'cores',
        'nic',
        'type',
        'cpu',
        'configuration',
        'application',
      ];
      printText(
        [
          table(headings, rows),
          '',
          `${fleet.length} machines of ${ids.length} images` +
            (missing.length > 0 ? `, ${missing.length} of them still to be pulled` : ''),
          ...(conditions.length > 1
            ? [`${conditions.length} conditions: ${conditions.map(({ name }) => name).join(', ')}`]
            : []),
          ...(pilot
            ? [
                `pilot: ${probes.count.toLocaleString('en')} probes x ${probes.copies} copies x ${pilot.boots} machines = ` +
                  `${pilot.packets.toLocaleString('en')} packets; then those selected:`,
              ]
            : []),
          `${all.probes} probes x ${probes.copies} copies x ${measured} = ` +
            `${all.packets.toLocaleString('en')} packets`,
          ...(restores > 0 ? [`${restores.toLocaleString('en')} fresh machines between groups of them`] : []),
          `${plan.experiments} experiments`,
          `about ${formatSeconds(plan.estimated_s)} with ${options.jobs} machines at once, pulling images not counted`,
        ].join('\n'),
      );
    });
}
