import { kindCode } from '../analysis/response-kinds.js';
import { html, type Markup, type Part, trusted } from '../escape.js';
import { shortenMiddle } from '../visible.js';
import { at, frame } from './frame.js';

/** A row of the map: a string of response codes. Rows that share `group` stand together. */
export interface HeatMapRow {
  readonly label: string;
  readonly group: string;
  readonly responses: string;
}

export interface HeatMap {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly HeatMapRow[];
}

/** Where a code's strokes run in a cell of height 1, and the class that colours them. */
const strokes: Readonly<Record<string, { readonly name: string; readonly lines: readonly number[] }>> = {
  S: { name: 'syn-ack', lines: [0.5] },
  R: { name: 'rst', lines: [0.75] },
  A: { name: 'tcp', lines: [0.25] },
  I: { name: 'icmp', lines: [0.5] },
  U: { name: 'udp', lines: [0.15, 0.85] },
  p: { name: 'partial', lines: [0.5] },
  '.': { name: 'silence', lines: [] },
  '?': { name: 'unknown', lines: [0.5] },
};

const rowHeight = 13;
const cellHeight = 10;
const groupGap = 5;
const right = 12;
const top = 22;
const bottom = 6;
const plotWidth = 780;
const labelCharacters = 30;
const characterWidth = 6.4;
const groupWidth = 34;

/** Strokes of one response string in units of a cell: `x` counts probes, equal neighbours share a stroke. */
function rowPaths(responses: string): Part {
  const paths = new Map<string, string>();
  for (let start = 0; start < responses.length; ) {
    const code = kindCode(responses[start]!);
    let end = start + 1;
    while (end < responses.length && kindCode(responses[end]!) === code) end++;
    const drawn = strokes[code]!.lines.map(
      (line) => `M${start} ${at(line * cellHeight)}h${end - start}`,
    ).join('');
    if (drawn) paths.set(code, (paths.get(code) ?? '') + drawn);
    start = end;
  }
  return [...paths].map(([code, d]) => html`<path class="k-${strokes[code]!.name}" d="${trusted(d)}"/>`);
}

/** One cell of a kind, for the legend. */
export function kindKey(code: string, name: string): Markup {
  const { name: className, lines } = strokes[kindCode(code)]!;
  const d = lines.map((line) => `M1 ${at(2 + line * cellHeight)}h16`).join('');
  return html`<svg class="key" viewBox="0 0 18 14" width="18" height="14" aria-hidden="true"><title>${name}</title><rect class="cell" x="0.5" y="1.5" width="17" height="11"/>${d && html`<path class="k-${className}" d="${trusted(d)}"/>`}</svg>`;
}

function probeTicks(left: number, probes: number, cell: number, height: number): Part {
  const step = [5, 10, 20, 50, 100, 200].find((candidate) => candidate * cell >= 56) ?? 500;
  const ticks: Markup[] = [];
  for (let probe = 0; probe < probes; probe += step) {
    const x = at(left + probe * cell);
    ticks.push(
      html`<line class="grid" x1="${x}" x2="${x}" y1="${top - 4}" y2="${height - bottom}"/><text class="tick" x="${at(x + 1)}" y="${top - 8}">${probe}</text>`,
    );
  }
  return ticks;
}

/** Whole pixels while they fit, so that edges are sharp; fractions for many probes. */
function cellWidth(probes: number): number {
  const fitting = Math.min(12, plotWidth / probes);
  return fitting >= 2 ? Math.floor(fitting) : at(fitting);
}

/** Responses by row x probe: a kind is told by the height and place of its stroke as well as by its colour. */
export function heatMap(map: HeatMap): Markup {
  const probes = Math.max(1, ...map.rows.map((row) => row.responses.length));
  const cell = cellWidth(probes);
  const longest = Math.max(12, ...map.rows.map(({ label }) => Math.min(label.length, labelCharacters)));
  const left = Math.ceil(groupWidth + longest * characterWidth + 8);
  const width = Math.ceil(left + Math.max(probes * cell, 120) + right);
  let y = top;
  let previous: HeatMapRow | undefined;
  const shapes = new Map<string, string>();
  const drawn: Part[] = [];
  map.rows.forEach((row, index) => {
    const fresh = row.group !== previous?.group;
    if (fresh && previous) y += groupGap;
    const drawnAs = shapes.get(row.responses);
    const shape = drawnAs ?? `${map.id}-${index}`;
    shapes.set(row.responses, shape);
    drawn.push(
      html`<text class="label end" x="${left - 8}" y="${y + 9}">${shortenMiddle(row.label, labelCharacters)}</text>${
        fresh && html`<text class="group" x="0" y="${y + 9}">${row.group}</text>`
      }<rect class="lane" x="${left}" y="${y}" width="${at(probes * cell)}" height="${cellHeight}"/>`,
      drawnAs
        ? html`<use href="#${shape}" y="${y}"/>`
        : html`<g transform="translate(0 ${y})"><g id="${shape}" transform="translate(${left} 0) scale(${cell} 1)">${rowPaths(row.responses)}</g></g>`,
    );
    y += rowHeight;
    previous = row;
  });
  const height = y + bottom;
  return frame(
    { id: map.id, title: map.title, description: map.description, width, height, fixed: true },
    html`${drawn}${probeTicks(left, probes, cell, height)}<text class="axis-title end" x="${left - 8}" y="${top - 8}">probes</text>`,
  );
}
