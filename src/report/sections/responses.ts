import { type BehaviourGroup, behaviourGroups, distinctResponses } from '../analysis/behaviour-groups.js';
import { probeOrder } from '../analysis/probe-order.js';
import { probePatterns } from '../analysis/probe-patterns.js';
import { countKinds, kindCode, responseKinds, unknownKind } from '../analysis/response-kinds.js';
import { html, type Markup, type Part } from '../escape.js';
import { formatCount, formatRatio, plural } from '../format.js';
import { figure, howToRead, more, nothing, scrolling } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { Result } from '../result.js';
import { type HeatMapRow, heatMap, kindKey } from '../svg/heat-map.js';
import { shorten } from '../visible.js';

/** Up to this many machines each has a row; above it, each group has one. */
const machineRowsAtMost = 48;
const groupRowsAtMost = 60;
const patternsShown = 20;
const patternRows = 30;
const membersShown = 3;

function members(group: BehaviourGroup): string {
  const names = group.machines.slice(0, membersShown).map(({ id }) => shorten(id, 28));
  const rest = group.machines.length - names.length;
  return rest > 0 ? `${names.join(', ')} and ${formatCount(rest)} more` : names.join(', ');
}

function rows(groups: readonly BehaviourGroup[]): HeatMapRow[] {
  const order = probeOrder(groups);
  const ordered = ({ responses }: { readonly responses: string }) =>
    order.map((probe) => responses[probe] ?? '.').join('');
  const machines = groups.reduce((sum, group) => sum + group.machines.length, 0);
  if (machines > machineRowsAtMost) {
    return groups.slice(0, groupRowsAtMost).map((group) => ({
      label: plural(group.machines.length, 'machine'),
      group: group.name,
      responses: ordered(group),
    }));
  }
  return groups.flatMap((group) =>
    group.machines.map((machine) => ({ label: machine.id, group: group.name, responses: ordered(machine) })),
  );
}

function legend(result: Result): Markup {
  const counts = countKinds(result.machines);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const kinds = counts.has(unknownKind.code) ? [...responseKinds, unknownKind] : responseKinds;
  return html`<ul class="legend" aria-label="Kinds of response and how often each occurred">${kinds.map(
    ({ code, name }) => {
      const count = counts.get(code) ?? 0;
      return html`<li>${kindKey(code, name)} <code>${code}</code> ${name} <b>${formatCount(count)}</b> <span class="quiet">${formatRatio(count, total)}</span></li>`;
    },
  )}</ul>`;
}

function leftOut(groups: readonly BehaviourGroup[], drawn: readonly HeatMapRow[]): string {
  const notes: string[] = [];
  const machines = groups.reduce((sum, group) => sum + group.machines.length, 0);
  if (machines > machineRowsAtMost) {
    notes.push('Each row is a group, and shows what its machines agree on.');
    const hidden = groups.slice(drawn.length);
    const without = hidden.reduce((sum, group) => sum + group.machines.length, 0);
    if (hidden.length > 0) {
      notes.push(`${plural(hidden.length, 'group')} with ${plural(without, 'machine')} are not drawn.`);
    }
  }
  return notes.join(' ');
}

function patternTable(groups: readonly BehaviourGroup[]): Part {
  if (groups.length < 2) return null;
  const { patterns, alike, total } = probePatterns(groups);
  const shown = patterns.slice(0, patternsShown);
  const omitted = patterns.length - shown.length;
  const caption = `Response kinds that tell the groups apart: ${plural(shown.length, 'pattern')}${omitted > 0 ? ` of ${formatCount(patterns.length)}, the most frequent` : ''}`;
  const head = shown.map(
    ({ first, probes }) =>
      html`<th scope="col"><span class="sr">probes like </span>#${first}<small>× ${formatCount(probes)}</small></th>`,
  );
  const body = groups.slice(0, patternRows).map(
    (group, row) =>
      html`<tr><th scope="row">${group.name}<small>${plural(group.machines.length, 'machine')}</small></th>${shown.map(
        ({ codes }) => {
          const code = codes[row]!;
          return code === ' '
            ? html`<td class="k">–</td>`
            : html`<td class="k kt-${kindCode(code) === '.' ? 'silence' : kindCode(code)}">${code}</td>`;
        },
      )}</tr>`,
  );
  return html`<h3>What sets the groups apart</h3><p>In ${formatCount(alike)} of ${plural(total, 'probe')} (${formatRatio(alike, total)}) every machine gave the same kind of response; the other ${formatCount(total - alike)} fall into ${plural(patterns.length, 'pattern')}.${
    groups.length > patternRows &&
    ` The table has the first ${patternRows} of ${formatCount(groups.length)} groups.`
  }</p>${scrolling(
    caption,
    html`<table class="patterns"><caption>${caption}</caption><thead><tr><th scope="col">Group</th>${head}</tr></thead><tbody>${body}</tbody></table>`,
  )}${howToRead(
    'A column stands for all probes that split the groups in the same way: # is the first of them, × how many there are. Two groups differ wherever their letters in one column differ. Machines of one group may still differ in the fields of their responses.',
  )}`;
}

/** Kinds of response, machine by probe, and what tells machines apart by kind alone. */
export function responsesSection(result: Result): Section {
  const measured = result.machines.filter((machine) => machine.status === 'measured');
  const groups = behaviourGroups(measured);
  const section = { id: 'responses', title: 'Responses by machine and probe' };
  if (groups.length === 0) return { ...section, body: nothing('No machine has responses on record.') };
  const drawn = rows(groups);
  const probes = Math.max(...groups.map((group) => group.responses.length));
  const machines = groups.reduce((sum, group) => sum + group.machines.length, 0);
  const distinct = distinctResponses(measured);
  const statement = `${plural(machines, 'machine')} in ${plural(groups.length, 'behaviour group')}: the machines of a group gave the same kinds of response to ${plural(probes, 'probe')}.`;
  const map = heatMap({
    id: 'response-map',
    title: 'Kind of response by machine and probe',
    description: `${statement} ${responseKinds.map(({ code, name }) => `${name}: ${formatCount(countKinds(measured).get(code) ?? 0)}`).join('; ')}.`,
    rows: drawn,
  });
  return {
    ...section,
    body: html`<p>${statement}${
      distinct > groups.length &&
      ` A partial answer is a missing value and does not set machines apart; if it did, there would be ${formatCount(distinct)} groups.`
    }</p>${legend(result)}${figure({
      chart: scrolling('Kind of response by machine and probe', map),
      caption: html`Machines as rows, probes as columns; n = ${formatCount(machines)} machines × ${formatCount(probes)} probes. ${leftOut(groups, drawn)} Probes stand in the order of their answers, not of their numbers.`,
      reading:
        'A block that runs through all rows is a set of probes that every machine answered in the same way; a break in it is where machines differ. Rows that look alike are machines that this prober cannot tell apart by the kind of their responses. Silence is an answer too: a machine that never answers a probe says something about its stack, so an empty cell counts as much as a filled one. Partial answers come of packets lost on the path or of rate limits; the learners set them aside.',
    })}${more(
      'Machines of each group',
      table<BehaviourGroup>({
        caption: `${plural(groups.length, 'behaviour group')} of ${plural(machines, 'machine')}`,
        rows: groups,
        columns: [
          { heading: 'Group', rowHeading: true, cell: ({ name }) => name },
          { heading: 'Machines', number: true, cell: (group) => formatCount(group.machines.length) },
          { heading: 'Among them', cell: members },
        ],
      }),
    )}${patternTable(groups)}`,
  };
}
