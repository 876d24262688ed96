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

/** The best of what a tool said: all that it holds for equally likely; undefined where it was not asked. */
function bestOf(tool: ToolName, { nmap, p0f }: ToolAnswers): string[] | undefined {
  if (tool === 'p0f') return p0f && (p0f.os === null ? [] : [p0f.os]);
  const best = nmap?.guesses[0]?.accuracy;
  return nmap?.guesses.filter(({ accuracy }) => accuracy === best).map(({ name }) => name);
}

/** How often the tools were right, by level of the kernel hierarchy; empty where none was asked. */
export function toolResults(scenario: Scenario, records: readonly MachineRecord[]): ToolResult[] {
  return toolsOf(scenario).flatMap((tool) =>
    levels.map((level): ToolResult => {
      const outcomes = records.flatMap(({ labels, tools }) => {
        const best = tools && bestOf(tool, tools);
        return best ? [outcomeOf(labels.kernel[level]!, best)] : [];
      });
      const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
      return {
        ...{ tool, level, machines: outcomes.length, exact: count('exact'), among: count('among') },
        ...{ vague: count('vague'), wrong: count('wrong'), none: count('none') },
      };
    }),
  );
}
