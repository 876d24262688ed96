import { valueAt } from '../../dataset/compact-summary.js';
import { type MachineSummary, UNKNOWN, valueText } from '../../dataset/summary.js';
import { groupsOf, labelsOf, learners } from '../../learn/index.js';
import { classifyNew, type MemberCodes, type Trained } from '../../learn/member-shares.js';
import { fieldIndex, fields } from '../../probe/fields.js';
import type { Tool } from './schema.js';

/** Columns of an answer that are named. */
const named = 5;

/** A (probe, field) pair on which the model decides, and what the machine answered there. */
export interface DecidingColumn {
  /** Number of the probe in the tool's file. */
  readonly probe: number;
  readonly field: string;
  readonly value: string;
  /** False when no training machine had the value: it counts as missing. */
  readonly seen: boolean;
  /** Pairs that split the training machines alike, and how many of them say the same of this machine. */
  readonly alike: number;
  readonly agree: number;
}

export interface ToolAnswer {
  readonly machine: string;
  readonly label: string;
  /** 0..1. */
  readonly confidence: number;
  readonly distribution: Readonly<Record<string, number>>;
  /** Columns whose pairs split this machine off in different ways. */
  readonly split: number;
  /** Empty for a learner that looks at all columns alike, and for a model that looks at none. */
  readonly columns: readonly DecidingColumn[];
}

function trainedOf({ model, probes }: Tool): Trained {
  const informative = model.columns.reduce((sum, { members }) => sum + members.length, 0);
  const groups = model.machines.flatMap(({ group }) => group ?? []);
  return {
    machines: model.machines.map(({ id }) => id),
    groups: groupsOf(groups.length > 0 ? groups : undefined),
    columns: model.columns,
    fields,
    totals: {
      columns: probes.length * fields.length,
      constant: model.constant,
      informative,
      droppedProbes: 0,
    },
  };
}

function textAt(summary: MachineSummary, probe: number, field: string): string {
  const index = fieldIndex(field);
  const answered = summary.answers[probe]!;
  if (answered > 0 && answered < summary.copies) return 'partly answered';
  const value = valueAt(summary, probe, index, fields.length);
  return value === UNKNOWN ? 'unknown' : valueText(fields[index]!, value, summary.texts);
}

/** What a tool says of machines; `summaries` are of the tool's probes, in its order. */
export function classifyMachines(tool: Tool, summaries: readonly MachineSummary[]): ToolAnswer[] {
  const { columns } = tool.model;
  const labels = labelsOf(tool.model.machines.map(({ label }) => label));
  const codes = summaries.map(
    (summary): MemberCodes =>
      columns.map(({ members }) =>
        members.map(({ field, probe, values }) => values.indexOf(textAt(summary, probe, field))),
      ),
  );
  const { answers, model } = classifyNew(trainedOf(tool), labels, learners[tool.learner], codes, tool.seed);
  const deciding = model.decidingColumns().slice(0, named);
  return answers.map(({ confidence, distribution, label, split }, place) => ({
    machine: summaries[place]!.machine,
    ...{ label, confidence, split },
    distribution: Object.fromEntries(labels.classes.map((name, code) => [name, distribution[code]!])),
    columns: deciding.map((column) => {
      const { field, probe } = columns[column]!.members[0]!;
      const own = codes[place]![column]!;
      return {
        probe: tool.probes[probe]!.number,
        field,
        value: textAt(summaries[place]!, probe, field),
        seen: own[0]! >= 0,
        alike: own.length,
        agree: own.filter((code) => code === own[0]).length,
      };
    }),
  }));
}
