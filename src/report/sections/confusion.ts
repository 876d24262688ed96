import { type Confusion, confusions, noLabel } from '../analysis/confusions.js';
import { hardest, inOrder } from '../analysis/experiments.js';
import { html, type Markup, type Part } from '../escape.js';
import { formatCount, formatInterval, formatRatio, formatShare, plural } from '../format.js';
import { howToRead, more, nothing, scrolling } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { ExperimentResult, Result } from '../result.js';
import { shorten } from '../visible.js';

/** Largest matrix drawn for the chosen experiment, and for one of the others; above it, a list of mistakes. */
const chosenClasses = 45;
const otherClasses = 16;
const mistakesShown = 25;
const shades = 6;

function name({ hierarchy, level, learner, fields }: ExperimentResult): string {
  return `${hierarchy} level ${level}, ${learner} on ${fields} fields`;
}

function cell(count: number, of: number, right: boolean): Markup {
  if (count === 0) return html`<td></td>`;
  const shade = Math.max(1, Math.ceil((shades * count) / of));
  return html`<td class="${right ? 'right' : 'wrong'}-${shade}">${formatCount(count)}</td>`;
}

function matrix(experiment: ExperimentResult): Markup {
  const { labels, counts, unresolved } = experiment.confusion;
  const caption = `Confusion, ${name(experiment)}: true class by row, predicted class by column`;
  const head = [...labels, ...(unresolved ? [noLabel] : [])].map(
    (label) => html`<th scope="col"><span>${shorten(label, 40)}</span></th>`,
  );
  const body = labels.map((label, row) => {
    const named = labels.map((_, column) => counts[row]?.[column] ?? 0);
    const cells = unresolved ? [...named, unresolved[row] ?? 0] : named;
    const of = cells.reduce((sum, count) => sum + count, 0);
    return html`<tr><th scope="row">${shorten(label, 40)}</th>${cells.map((count, column) => cell(count, of, row === column))}<td class="sum">${formatCount(of)}</td></tr>`;
  });
  return scrolling(
    caption,
    html`<table class="confusion"><caption>${caption}</caption><thead><tr><th scope="col" class="corner">true ↓ predicted →</th>${head}<th scope="col" class="sum"><span>all</span></th></tr></thead><tbody>${body}</tbody></table>`,
  );
}

function mistakes(experiment: ExperimentResult): Part {
  const found = confusions(experiment);
  if (found.length === 0) return nothing('Every machine was labelled correctly.');
  const shown = found.slice(0, mistakesShown);
  return table<Confusion>({
    caption: `Most frequent mistakes, ${name(experiment)}: ${formatCount(shown.length)} of ${formatCount(found.length)} pairs`,
    rows: shown,
    columns: [
      { heading: 'True class', rowHeading: true, cell: ({ truth }) => truth },
      { heading: 'Labelled as', cell: ({ predicted }) => predicted },
      { heading: 'Times', number: true, cell: ({ count }) => formatCount(count) },
      {
        heading: 'Share of the true class',
        number: true,
        cell: ({ count, of }) => html`${formatRatio(count, of)} of ${formatCount(of)}`,
      },
    ],
  });
}

function body(experiment: ExperimentResult, classes: number): Part {
  const { labels } = experiment.confusion;
  if (labels.length === 0) return nothing('No confusion matrix was recorded.');
  if (labels.length <= classes) return matrix(experiment);
  return html`<p>With ${plural(labels.length, 'class', 'classes')} the matrix is too large to read; these are its largest cells off the diagonal.</p>${mistakes(experiment)}`;
}

/** Runs of experiments that share hierarchy and level. */
function byLevel(experiments: readonly ExperimentResult[]): ExperimentResult[][] {
  const levels = new Map<string, ExperimentResult[]>();
  for (const experiment of inOrder(experiments)) {
    const key = `${experiment.hierarchy} level ${experiment.level}`;
    levels.set(key, [...(levels.get(key) ?? []), experiment]);
  }
  return [...levels.values()];
}

function level(experiments: readonly ExperimentResult[]): Markup {
  const [{ hierarchy, level }, accuracies] = [experiments[0]!, experiments.map(({ accuracy }) => accuracy)];
  const [least, most] = [Math.min(...accuracies), Math.max(...accuracies)];
  const accuracy = least === most ? formatShare(least) : formatInterval([least, most]);
  return more(
    `${hierarchy} level ${level}: ${plural(experiments.length, 'experiment')}, accuracy ${accuracy}`,
    experiments.map(
      (experiment) =>
        html`<h4>${experiment.learner} on ${experiment.fields} fields: accuracy ${formatShare(experiment.accuracy)}, n = ${plural(experiment.machines, 'machine')}</h4>${body(experiment, otherClasses)}`,
    ),
  );
}

/** Which classes are taken for which, for the hardest experiment and on demand for the others. */
export function confusionSection(result: Result): Section {
  const section = { id: 'confusion', title: 'Confusion' };
  const chosen = hardest(result.experiments);
  if (!chosen) return { ...section, body: nothing('Without experiments there is nothing to confuse.') };
  const others = result.experiments.filter((experiment) => experiment !== chosen);
  return {
    ...section,
    body: html`<p>The hardest experiment, the least accurate of the finest level: <strong>${name(chosen)}</strong>, accuracy ${formatShare(chosen.accuracy)}, n = ${plural(chosen.machines, 'machine')}, ${plural(chosen.repeats, 'repeat')} of ${chosen.folds} folds.</p>${body(chosen, chosenClasses)}${howToRead(
      'Each row holds the machines of one true class, counted once a repeat; the column says which label they were given. Framed cells on the diagonal are right, all others are mistakes, and a stronger colour is a larger share of its row. Mistakes among neighbours, as between two builds of one kernel, are what the limits of fingerprinting look like.',
    )}${
      others.length > 0 &&
      html`<h3>The other ${plural(others.length, 'experiment')}</h3>${byLevel(others).map(level)}`
    }`,
  };
}
