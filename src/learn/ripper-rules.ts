import type { RandomStream } from '../random.js';
import { exceptionsLength, RuleList } from './ripper-length.js';
import { RipperRule, type RipperTask } from './ripper-rule.js';

/** Of three parts one prunes what two grew (Weka's `-F`). */
const folds = 3;
/** Passes over the finished rules (Weka's `-O`). */
const passes = 2;
/** Bits by which a list may be longer than the shortest so far (Cohen 1995). */
const surplus = 64;

/** What `rulesForClass` learns from. */
export interface ClassTask extends RipperTask {
  /** Rows that no rule of an earlier class covers. */
  readonly rows: Int32Array;
  /** Place of each row's class in the order in which classes are learnt: this one before those after it. */
  readonly places: Int32Array;
  /** Share of the class among the training machines of it and of the classes after it. */
  readonly share: number;
}

/**
 * Two thirds to grow and one to prune, each class spread over both; drawn anew for each rule. The class that is learnt
 * is dealt first, so that what does not divide by three of it grows.
 */
function divide(task: ClassTask, rows: Int32Array, random: RandomStream): [Int32Array, Int32Array] {
  const byClass = new Map<number, number[]>();
  for (const row of rows) {
    const members = byClass.get(task.places[row]!) ?? [];
    byClass.set(task.places[row]!, members);
    members.push(row);
  }
  const ordered = [...byClass.keys()]
    .sort((one, other) => one - other)
    .flatMap((place) => random.shuffle(byClass.get(place)!));
  const dealt = Array.from({ length: folds }, (_, fold) =>
    ordered.filter((_row, place) => place % folds === fold),
  ).flat();
  const grow = Math.floor((rows.length * (folds - 1)) / folds);
  return [Int32Array.from(dealt.slice(0, grow)), Int32Array.from(dealt.slice(grow))];
}

const hasPositive = (task: ClassTask, rows: Int32Array) => rows.some((row) => task.positive[row] === 1);

/** Adds rules that grow on what is left until a rule is poor or the list is too long; `length` is the bits so far. */
function addRules(task: ClassTask, list: RuleList, start: number, random: RandomStream): void {
  let length = start;
  let shortest = start;
  while (hasPositive(task, list.left())) {
    const [grow, prune] = divide(task, list.left(), random);
    list.push(new RipperRule(task).grown(grow).pruned(prune, false));
    length += list.relativeLength(list.rules.length - 1);
    shortest = Math.min(shortest, length);
    if (length <= shortest + surplus && !list.lastIsPoor) continue;
    list.pop();
    return;
  }
}

/** The best of a rule, one that is grown anew in its place, and one that grows on where it ends. */
function bestVariant(
  task: ClassTask,
  done: readonly RipperRule[],
  old: RipperRule,
  later: readonly RipperRule[],
  random: RandomStream,
): RipperRule {
  const listWith = (rule: RipperRule) => new RuleList(task, task.rows, task.share, [...done, rule, ...later]);
  const current = listWith(old);
  const rows = current.left(done.length);
  const [grow, prune] = divide(task, rows, random);
  if (!rows.some((row) => old.covers(row))) return old;
  const unclaimed = prune.filter((row) => !later.some((rule) => rule.covers(row)));
  const replacement = new RipperRule(task).grown(grow).pruned(unclaimed, true);
  const revision = old.grown(grow.filter((row) => old.covers(row))).pruned(unclaimed, true);
  const length = (list: RuleList) => list.relativeLength(done.length);
  const [asIs, replaced, revised] = [
    length(current),
    length(listWith(replacement)),
    length(listWith(revision)),
  ];
  if (asIs <= revised && asIs <= replaced) return old;
  return revised <= replaced ? revision : replacement;
}

function optimize(
  task: ClassTask,
  rules: readonly RipperRule[],
  start: number,
  random: RandomStream,
): RuleList {
  const list = new RuleList(task, task.rows, task.share);
  for (const [place, old] of rules.entries()) {
    const positives = hasPositive(task, list.left());
    list.push(positives ? bestVariant(task, list.rules, old, rules.slice(place + 1), random) : old);
  }
  addRules(task, list, start, random);
  return list.reduced();
}

/** Rules for one class: grown and pruned one by one, then optimised (Cohen's RIPPER2, as Weka's `JRip`). */
export function rulesForClass(task: ClassTask, random: RandomStream): RuleList {
  const uncovered = task.rows.length;
  const falseNegative = task.rows.reduce((sum, row) => sum + task.positive[row]!, 0);
  const start = exceptionsLength(task.share, { covered: 0, uncovered, falsePositive: 0, falseNegative });
  let list = new RuleList(task, task.rows, task.share);
  addRules(task, list, start, random);
  for (let pass = 0; pass < passes; pass++) list = optimize(task, list.rules, start, random);
  return list;
}
