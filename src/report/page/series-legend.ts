import type { Series } from '../analysis/experiments.js';
import { html, type Markup, type Part } from '../escape.js';
import { markKey } from '../svg/mark.js';

/** What a learner on a field set is called. */
export function seriesName({ learner, fields }: Pick<Series, 'learner' | 'fields'>): string {
  return `${learner}, ${fields}`;
}

/** The marks of series, and what the dashed line is. */
export function seriesLegend(series: readonly Series[], dashed: Part): Markup {
  return html`<ul class="legend" aria-label="Learners and field sets">${series.map(
    (one) =>
      html`<li>${markKey(one.learnerIndex, one.fieldsIndex, seriesName(one))} ${one.learner}, <span class="quiet">${one.fields} fields</span></li>`,
  )}<li><span class="dash" aria-hidden="true"></span> ${dashed}</li></ul>`;
}
