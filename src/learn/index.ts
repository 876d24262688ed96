import { c45 } from './c45.js';
import { knn } from './knn.js';
import type { Learner } from './learner.js';
import { logistic } from './logistic.js';
import { majority } from './majority.js';
import { mljsKnn } from './mljs-knn.js';
import { mljsRandomForest } from './mljs-random-forest.js';
import { mljsSvm } from './mljs-svm.js';
import { naiveBayes } from './naive-bayes.js';
import { randomForest } from './random-forest.js';
import { ripper } from './ripper.js';
import { svm } from './svm.js';
import { knnTuned, logisticTuned, randomForestTuned, svmTuned } from './tuned.js';

export { compareLearners, type LearnerComparison } from './compare.js';
export { type CrossValidation, crossValidate, type MachinePrediction, type Split } from './evaluate.js';
export { type AccuracyExperiment, type AccuracyOutcome, runAccuracy } from './experiment.js';
export { type HighValueFields, highValueFields } from './high-value-fields.js';
export { type FieldGains, fieldGains } from './information-gain.js';
export {
  type Classification,
  columnName,
  groupsOf,
  type Labels,
  type Learner,
  labelsOf,
  type Model,
} from './learner.js';
export { type ProbeGain, probeGains } from './probe-gains.js';

export type LearnerName =
  | 'c45'
  | 'ripper'
  | 'random-forest'
  | 'svm'
  | 'knn'
  | 'naive-bayes'
  | 'logistic'
  | 'majority'
  | 'random-forest-tuned'
  | 'svm-tuned'
  | 'knn-tuned'
  | 'logistic-tuned'
  | 'mljs-random-forest'
  | 'mljs-svm'
  | 'mljs-knn';

/** The learners by the names that scenarios use. */
export const learners: Readonly<Record<LearnerName, Learner>> = {
  c45,
  ripper,
  'random-forest': randomForest,
  svm,
  knn,
  'naive-bayes': naiveBayes,
  logistic,
  majority,
  'random-forest-tuned': randomForestTuned,
  'svm-tuned': svmTuned,
  'knn-tuned': knnTuned,
  'logistic-tuned': logisticTuned,
  'mljs-random-forest': mljsRandomForest,
  'mljs-svm': mljsSvm,
  'mljs-knn': mljsKnn,
};
