import { memberName } from '../dataset/column-member.js';
import type { Matrix } from '../dataset/matrix.js';
import type { Model } from '../learn/index.js';
import { type SplitName, splitText } from '../scenario/splits.js';

/** Columns that are shown as text. */
const shown = 10;
/** Members of a column that are shown as text. */
const membersShown = 6;

/** A column of a model and all the (probe, field) pairs that it stands for. */
export interface ModelColumn {
  field: string;
  probe: number;
  /** Pairs that split the machines alike, the first among them. */
  members: { probe: number; field: string }[];
  /** Squared weights of a linear model, or accuracy lost where a forest's column is shuffled. */
  weight?: number;
}

/** The columns that decide, the weightiest first. */
export function modelColumns(matrix: Matrix, model: Model): ModelColumn[] {
  const weighed = model.insight?.().importance ?? model.columnWeights?.();
  const found = weighed ?? model.decidingColumns().map((column) => ({ column, weight: undefined }));
  return found.map(({ column, weight }) => {
    const { field, probe } = matrix.describeColumn(column);
    return { field, probe, members: matrix.members(column), ...(weight !== undefined && { weight }) };
  });
}

function membersText(members: ModelColumn['members']): string {
  const named = members.slice(1, membersShown + 1).map(memberName);
  const left = members.length - 1 - named.length;
  return `${named.join(', ')}${left > 0 ? `, and ${left} more` : ''}`;
}

function weightText({ insight }: Model, { weight, ...column }: ModelColumn): string {
  const name = memberName(column);
  if (weight === undefined || !insight?.().importance) return name;
  return `${(100 * weight).toFixed(2)} points ${name}`;
}

/** What is known of a model beside its own text: estimate, importances, and what merged columns stand for. */
export function insightLines(
  model: Model,
  columns: readonly ModelColumn[],
  split: SplitName = 'stratified',
): string[] {
  const { chosen, importance, outOfBag } = model.insight?.() ?? {};
  const first = columns.slice(0, shown);
  const lines: string[] = [];
  if (chosen !== undefined) lines.push('', `chosen on these machines: ${chosen}${splitText(split)}`);
  if (outOfBag !== undefined)
    lines.push('', `out of bag: ${(100 * outOfBag).toFixed(1)} % of the machines are answered right`);
  if (importance)
    lines.push(
      '',
      'accuracy of a tree that is lost where a column is shuffled:',
      ...first.map((column) => `  ${weightText(model, column)}`),
    );
  const merged = first.filter(({ members }) => members.length > 1);
  if (merged.length > 0)
    lines.push(
      '',
      'these stand for others that split the machines alike:',
      ...merged.map((column) => `  ${memberName(column)} = ${membersText(column.members)}`),
    );
  return lines;
}
