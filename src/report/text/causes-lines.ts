import { causeClasses } from '../causes-result.js';
import { formatCount, plural } from '../format.js';
import type { Result } from '../result.js';
import { grid } from './grid.js';

const headings = ['nondet.', 'hidden', 'network', 'hardware', 'applic.', 'config.', 'build', 'source'];

/** Which cause moved which field, for the terminal; nothing where no experiment asked. */
export function causesLines({ causes }: Result): string[] {
  if (!causes) return [];
  const { fields, interventions, probes, prone } = causes;
  const moved = fields.filter((one) => one.moved.length > 0);
  return [
    `Causes      probes of ${formatCount(probes)} in which a cause moved a field; ${plural(interventions.length, 'intervention')}; ${prone.length} of ${plural(fields.length, 'field')} prone`,
    ...grid(
      [{ heading: 'field' }, ...headings.map((heading) => ({ heading, right: true })), { heading: 'prone' }],
      moved.map((one) => [
        one.field,
        ...causeClasses.map((name) => {
          const found = one.moved.find((other) => other.class === name);
          if (found) return formatCount(found.probes);
          return interventions.some((other) => other.class === name) ? '.' : '';
        }),
        one.prone ? 'prone' : '',
      ]),
    ),
  ];
}
