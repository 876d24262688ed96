import { deedText } from '../netem/journey/deed-text.js';
import { family, type Journey, type Visit } from '../netem/journey/journey.js';
import { formatIpv4Address } from '../packet/address.js';
import { frameText } from '../packet/frame-fields.js';
import type { CopyLife, ProbeLife } from '../scenario/explain/life.js';
import type { ProbeReading } from '../scenario/explain/reading.js';
import { table } from './output.js';

const width = 110;

/** Text of many parts, parted at commas, with every line but the first moved in. */
function wrapped(lead: string, text: string, indent: number): string {
  const lines = [lead];
  for (const part of text.split(', ')) {
    const line = lines.at(-1)!;
    const joined = line === lead && lines.length === 1 ? line + part : `${line}, ${part}`;
    if (joined.length <= width || line.length <= indent) lines[lines.length - 1] = joined;
    else {
      lines[lines.length - 1] = `${line},`;
      lines.push(' '.repeat(indent) + part);
    }
  }
  return lines.join('\n');
}

function frameLine(lead: string, frame: Uint8Array | undefined, otherwise: string): string {
  return frame ? wrapped(`${lead}: `, frameText(frame), 4) : `${lead}${otherwise}`;
}

function visitLines(visits: readonly Visit[]): string[] {
  const widest = Math.max(0, ...visits.map(({ text }) => text.length));
  return visits.map(
    ({ text, deeds }) => `    ${text.padEnd(widest)}  ${deeds.map(deedText).join('; ') || 'passes'}`,
  );
}

function heading({ direction, origin, by, ordinal }: Journey): string {
  const towards = direction === 'forward' ? 'the machine' : 'the prober';
  if (origin === 'copied') return `a copy that ${by} made, on towards ${towards}`;
  if (origin === 'made') return `a packet that ${by} made, towards ${towards}`;
  if (direction === 'forward') return 'the probe, prober to machine';
  return `the machine's ${ordinal === 0 ? 'answer' : `answer ${ordinal + 1}`}, machine to prober`;
}

function ending(journey: Journey, { response, exchange }: CopyLife): string {
  const { direction, end, left, visits, began } = journey;
  if (end === 'dropped') return `  lost: dropped by ${visits.at(-1)!.text}`;
  const changed = began && left && !Buffer.from(began).equals(left);
  const as = changed ? left : undefined;
  if (direction === 'forward') return frameLine('  arrived at the machine', as, ' as it was sent');
  if (journey !== exchange.response)
    return '  came to the prober, which keeps only the first answer to a copy';
  const when = response!.afterMs.toFixed(1);
  return frameLine(`  came to the prober ${when} ms after the first probe, and is the response`, as, '');
}

function journeyLines(journey: Journey, life: CopyLife): string[] {
  const { began, visits, origin } = journey;
  const first = origin === 'end' && journey.direction === 'forward' ? '  sent' : '  was';
  const start =
    origin === 'copied' ? [] : [frameLine(first, began, ' not kept, as it did not become the response')];
  return [heading(journey), ...start, ...visitLines(visits), ending(journey, life), ''];
}

/** Whether the machine answered, and how that is known. */
function answered({ exchange, response }: CopyLife): string {
  const arrived = family(exchange.probe).some(
    ({ direction, end }) => direction === 'forward' && end === 'delivered',
  );
  if (exchange.answers.length > 0) return 'the machine answered';
  if (exchange.unsure)
    return 'answers were lost before a translator knew whose they were: whether this one was answered is unknown';
  if (response) return 'the machine did not answer; the path did';
  return arrived ? 'the machine did not answer' : 'nothing of it reached the machine';
}

function copyLines(life: CopyLife): string[] {
  const { exchange } = life;
  const [probe, ...others] = [...family(exchange.probe), ...exchange.answers.flatMap(family)];
  const forward = [probe!, ...others.filter(({ direction }) => direction === 'forward')];
  const reverse = others.filter(({ direction }) => direction === 'reverse');
  const told = (journeys: readonly Journey[]) => journeys.flatMap((one) => journeyLines(one, life));
  return [
    `copy ${life.copy}, from ${formatIpv4Address(life.address)}`,
    '',
    ...told(forward),
    answered(life),
    '',
    ...told(reverse),
  ];
}

/** The stages that a packet met, those of what it was copied from included; undefined where it is not of this family. */
function wayTo(target: Journey, journey: Journey): readonly Visit[] | undefined {
  if (journey === target) return journey.visits;
  for (const child of journey.offspring) {
    const way = wayTo(target, child);
    if (!way) continue;
    if (child.origin === 'made') return way;
    const from = child.visits[0]?.stage ?? Number.POSITIVE_INFINITY;
    return [...journey.visits.filter(({ stage }) => stage < from), ...way];
  }
  return undefined;
}

function fate(journey: Journey, roots: readonly Journey[]): string {
  const way = roots.map((root) => wayTo(journey, root)).find((found) => found !== undefined) ?? [];
  const touched = way.filter(({ deeds }) => deeds.length > 0).map(({ kind }) => kind);
  const origin = journey.origin === 'made' ? `made by ${journey.by}, ` : '';
  if (journey.end === 'dropped') return `${origin}dropped by ${touched.at(-1)}`;
  return `${origin}arrived${touched.length === 0 ? '' : ` after ${touched.join(', ')}`}`;
}

function copyRow(life: CopyLife): string[] {
  const { exchange, response, copy } = life;
  const back = exchange.response ?? exchange.answers[0];
  return [
    String(copy),
    formatIpv4Address(life.address),
    fate(exchange.probe, [exchange.probe]),
    back ? fate(back, [exchange.probe, ...exchange.answers]) : answered(life),
    response ? `${response.afterMs.toFixed(1)} ms` : '-',
  ];
}

function readingLines({ kind, answered, copies, agreed, nondeterministic }: ProbeReading): string[] {
  const counts = `${answered} of ${copies} copies answered`;
  if (kind === 'silence') return [`In the summary: silence (${counts}).`];
  if (kind === 'partial') return [`In the summary: partial (${counts}), which has no fields.`];
  return [
    `In the summary: a response (${counts}).`,
    wrapped('  ', agreed.map(({ field, value }) => `${field} ${value}`).join(', '), 2),
    ...nondeterministic.map(({ field, values }) =>
      wrapped(`  NONDET ${field}: `, values.map((value) => value ?? 'absent').join(', '), 4),
    ),
  ];
}

/** A probe's life for people: one copy in full, or all of them in a table. */
export function lifeText(life: ProbeLife): string {
  const { machine, probe, probes, port, target, copies, run } = life;
  const [first] = copies;
  const whole = copies.length === 1;
  const head = [
    `Probe ${probe} of ${probes} to port ${port} (${target}) of ${machine}`,
    `in ${run}`,
    ...(whole ? [] : [frameLine('sent', first!.sent, '')]),
    '',
  ];
  const told = whole
    ? copyLines(first!)
    : [table(['copy', 'from', 'to the machine', 'back to the prober', 'response'], copies.map(copyRow)), ''];
  const hint = whole ? [] : ['', '--copy C tells one copy in full.'];
  return [...head, ...told, ...readingLines(life.reading), ...hint].join('\n');
}
