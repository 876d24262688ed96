import type { ToolAnswers, ToolName, ToolResult } from '../../report/tools-result.js';
import type { MachineRecord } from '../run-folder.js';
import type { Scenario } from '../schema.js';
import type { ToolsExperiment } from './schema.js';
import { outcomeOf } from './verdict.js';

const levels = [0, 1, 2];

/** The tools that a scenario's experiments ask, each once. */
export function toolsOf({ experiments }: Pick<Scenario, 'experiments'>): ToolName[] {
  const asked = experiments.filter((one): one is ToolsExperiment => one.kind === 'tools');
  return [...new Set(asked.flatMap(({ tool }) => tool))];
}

interface Verdict {
  /** All that the tool holds for equally likely. */
  readonly best: readonly string[];
  readonly failure?: string | undefined;
}

/** Those that are as good as the first. */
function ties<T extends { readonly name: string }>(guesses: readonly T[], goodness: (guess: T) => number) {
  const [first] = guesses;
  return guesses.filter((guess) => goodness(guess) === goodness(first!)).map(({ name }) => name);
}

/** What each tool said; undefined where it was not asked. */
const verdictOf: Readonly<Record<ToolName, (answers: ToolAnswers) => Verdict | undefined>> = {
  nmap: ({ nmap }) => nmap && { best: ties(nmap.guesses, ({ accuracy }) => accuracy), failure: nmap.failure },
  p0f: ({ p0f }) => p0f && { best: p0f.os === null ? [] : [p0f.os], failure: p0f.failure },
  xprobe2: ({ xprobe2 }) =>
    xprobe2 && {
      best: ties(xprobe2.guesses, ({ probability }) => probability),
      failure: xprobe2.failure,
    },
};

/** How often the tools were right, by level of the kernel hierarchy; empty where none was asked. */
export function toolResults(scenario: Scenario, records: readonly MachineRecord[]): ToolResult[] {
  return toolsOf(scenario).flatMap((tool) => {
    const verdicts = records.flatMap(({ labels, tools }) => {
      const verdict = tools && verdictOf[tool](tools);
      return verdict ? [{ ...verdict, labels: labels.kernel }] : [];
    });
    const failures = verdicts.flatMap(({ failure }) => failure ?? []);
    const answered = verdicts.filter(({ failure }) => failure === undefined);
    return levels.map((level): ToolResult => {
      const outcomes = answered.map(({ labels, best }) => outcomeOf(labels[level]!, best));
      const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
      return {
        ...{ tool, level, machines: verdicts.length, exact: count('exact'), among: count('among') },
        ...{ vague: count('vague'), wrong: count('wrong'), none: count('none') },
        ...(failures.length > 0 && { failed: failures.length, failure: failures[0] }),
      };
    });
  });
}
