import { z } from 'zod';
import { type LearnerName, learners } from '../learn/index.js';
import { type NmapLearnerName, nmapLearnerNames } from './nmap-learner.js';

export type ScenarioLearner = LearnerName | NmapLearnerName;

const names: readonly ScenarioLearner[] = [...(Object.keys(learners) as LearnerName[]), ...nmapLearnerNames];

/** A learner by name. */
export const learnerName = z
  .enum(names)
  .describe(
    '`nmap` matches with a database made of the training machines, and of those that match alike names the one most often seen; `nmap-no-guess` names none then',
  );
