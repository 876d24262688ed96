import { formatCount, plural } from '../format.js';
import type { Result } from '../result.js';
import { grid } from './grid.js';

/** How often the tools of others named the kernel, for the terminal; nothing where none was asked. */
export function toolLines({ tools = [] }: Result): string[] {
  if (tools.length === 0) return [];
  const failures = tools.flatMap(({ tool, level, failed, failure }) =>
    failed && level === 0
      ? [`  ${tool} could not be asked about ${plural(failed, 'machine')}: ${failure}`]
      : [],
  );
  return [
    'Tools       machines by what tools of others said of the kernel at each level',
    ...grid(
      [
        { heading: 'tool' },
        ...['lvl', 'exact', 'among', 'vague', 'wrong', 'none', 'n'].map((heading) => ({
          heading,
          right: true,
        })),
      ],
      tools.map((one) => [
        one.tool,
        ...[one.level, one.exact, one.among, one.vague, one.wrong, one.none, one.machines].map(formatCount),
      ]),
    ),
    ...failures,
  ];
}
