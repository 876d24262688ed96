import { InvalidArgumentError, Option } from 'commander';
import { type LearnerName, learners } from '../learn/index.js';
import { fieldSetNames } from '../scenario/field-set.js';
import { splitNames } from '../scenario/splits.js';

const names = Object.keys(learners) as LearnerName[];

function learnerNamed(text: string): LearnerName {
  if (text in learners) return text as LearnerName;
  throw new InvalidArgumentError(`there is no learner ${text}; there are: ${names.join(', ')}.`);
}

export const learnerOption = () =>
  new Option('--learner <name>', names.join(', ')).argParser(learnerNamed).default('c45');

export const learnersOption = () =>
  new Option('--learner <names>', `apart at commas, of: ${names.join(', ')}`).argParser((text: string) =>
    text.split(',').map(learnerNamed),
  );

export const hierarchyOption = () =>
  new Option('--hierarchy <name>', 'what the classes are')
    .choices(['kernel', 'distribution'])
    .default('kernel');

export const levelOption = () =>
  new Option('--level <number>', 'how fine the classes are').choices(['0', '1', '2']).default('2');

export const splitOption = () =>
  new Option(
    '--split <name>',
    "what a tuned learner holds out together as it tests settings (default: what the scenario's experiments do)",
  ).choices(splitNames);

export const fieldsOption = () =>
  new Option('--fields <set>', 'of single responses, of what several packets show together, or both')
    .choices(fieldSetNames)
    .default('raw');
