import { InputError, InputErrors } from '../errors.js';
import type { PlannedMachine } from './fleet.js';
import type { ReadScenario } from './read.js';
import type { SplitName } from './splits.js';

const needs: Readonly<Record<Exclude<SplitName, 'stratified'>, string>> = {
  'by-image': 'images',
  'by-release': 'images',
  'leave-hardware-out': 'kinds of hardware',
  'leave-configuration-out': 'configurations',
  'leave-application-out': 'applications',
};

function kindsOf(name: Exclude<SplitName, 'stratified'>, fleet: readonly PlannedMachine[]): number {
  const kinds = fleet.map(({ application, configuration, cores, cpu, image, machine, nic, ramMib }) => {
    if (name === 'leave-hardware-out') return JSON.stringify([ramMib, cores, nic, machine, cpu]);
    if (name === 'leave-configuration-out') return configuration.name;
    return name === 'leave-application-out' ? application.name : image;
  });
  return new Set(kinds).size;
}

/** Throws InputErrors for every split that leaves nothing to train on, since the machines have it in common. */
export function checkSplits({ scenario, place }: ReadScenario, fleet: readonly PlannedMachine[]): void {
  const errors = scenario.experiments.flatMap((experiment, index) => {
    if (experiment.kind !== 'accuracy') return [];
    return experiment.split.flatMap((name) => {
      if (name === 'stratified' || kindsOf(name, fleet) > 1) return [];
      return [
        new InputError(`the split ${name} needs machines of two ${needs[name]} or more; all have the same`, {
          place: place(['experiments', index, 'split']),
          remedy: 'vary it under `machines`, or take another split',
        }),
      ];
    });
  });
  if (errors.length > 0) throw new InputErrors(errors);
}
