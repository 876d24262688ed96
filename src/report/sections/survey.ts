import { surprises } from '../analysis/survey.js';
import { html, type Part } from '../escape.js';
import { formatCount, plural } from '../format.js';
import { howToRead, nothing } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { type Column, table } from '../page/table.js';
import type { MachineResult, Result, SurveyResult } from '../result.js';

const dash = '–';

const replies: Readonly<Record<SurveyResult['syn_open'], string>> = {
  'syn-ack': 'SYN-ACK',
  rst: 'RST',
  tcp: 'other TCP',
  icmp: 'ICMP',
  udp: 'UDP',
  silence: dash,
};

const sources = { 'syn-open': 'SYN open', 'syn-closed': 'SYN closed', ping: 'ping' } as const;

/** A column about the survey; a machine without one has a dash. */
function asked(
  heading: string,
  cell: (survey: SurveyResult) => Part,
  key?: (survey: SurveyResult) => number | null,
): Column<MachineResult> {
  return {
    heading,
    ...(key && { number: true, key: ({ survey }: MachineResult) => (survey ? key(survey) : null) }),
    cell: ({ survey }) => (survey ? cell(survey) : dash),
  };
}

const yes = (answered: boolean) => (answered ? 'yes' : dash);
const number = (value: number | null) => (value === null ? dash : formatCount(value));

/** The class of the answer that tells most, and those of the others where they are another. */
function ipIds({ ip_id: ids }: SurveyResult): Part {
  const named = [
    ['SYN open', ids.syn_open],
    ['SYN closed', ids.syn_closed],
    ['ping', ids.ping],
  ] as const;
  const known = named.filter(([, name]) => name !== null);
  const [first, ...others] = known;
  if (!first) return dash;
  const unlike = others.filter(([, name]) => name !== first[1]);
  return html`${first[1]}${
    unlike.length > 0 && html`<small>${unlike.map(([kind, name]) => `${kind} ${name}`).join(', ')}</small>`
  }`;
}

/** Why a row is not what one would expect: the machine failed, or the catalogue says that it cannot. */
function remark(machine: MachineResult): Part {
  const { status, failure, note } = machine;
  if (status === 'failed') return html`<span class="failed">failed</span> ${failure?.reason ?? ''}`;
  const odd = surprises(machine);
  return html`${odd.length > 0 && html`<span class="failed">${odd.join('; ')}</span> `}${note ?? ''}`;
}

const columns: readonly Column<MachineResult>[] = [
  {
    heading: 'Machine',
    rowHeading: true,
    cell: ({ id, labels }) => html`${id}<small>${labels.kernel[2]}; ${labels.distribution[2]}</small>`,
    key: ({ id }) => id,
  },
  asked('ARP', ({ arp }) => yes(arp)),
  asked('Ping', ({ ping }) => yes(ping)),
  asked('SYN open', (survey) => replies[survey.syn_open]),
  asked('SYN closed', (survey) => replies[survey.syn_closed]),
  asked('UDP closed', (survey) => replies[survey.udp_closed]),
  asked(
    'TTL',
    ({ ttl, source }) =>
      html`${number(ttl)}${source && source !== 'syn-open' && html`<small>${sources[source]}</small>`}`,
    ({ ttl }) => ttl,
  ),
  asked('DF', ({ df }) => (df === null ? dash : df ? 'set' : 'clear')),
  asked(
    'Window',
    ({ window }) => number(window),
    ({ window }) => window,
  ),
  asked('Options', ({ options }) => (options === null ? dash : html`<code>${options || 'none'}</code>`)),
  asked(
    'Scale',
    ({ window_scale: scale }) => number(scale),
    ({ window_scale: scale }) => scale,
  ),
  asked(
    'MSS',
    ({ mss }) => number(mss),
    ({ mss }) => mss,
  ),
  asked('IP id', ipIds),
  { heading: 'Remark', cell: remark },
];

/** What each machine answers to well-formed packets, one row a machine; the failed ones with the reason. */
export function surveySection({ machines }: Result): Section {
  const section = { id: 'survey', title: 'Survey' };
  const surveyed = machines.filter(({ survey }) => survey);
  if (surveyed.length === 0)
    return { ...section, body: nothing('No machine was surveyed: the scenario does not ask for it.') };
  const failed = machines.filter(({ status }) => status === 'failed');
  const odd = surveyed.filter((machine) => surprises(machine).length > 0);
  const outcome = [
    `${plural(surveyed.length, 'machine')} surveyed`,
    failed.length === 0
      ? 'none failed'
      : `${formatCount(failed.length)} failed, with the reason in the last column`,
    odd.length === 0
      ? 'all answered as the catalogue says'
      : `${formatCount(odd.length)} answered otherwise than the catalogue says`,
  ].join('; ');
  return {
    ...section,
    body: html`${howToRead(
      html`After the probes each machine was asked for ARP, and across its path for a ping, a SYN to the open and to the closed port, and a datagram to a closed port. A dash is silence after three tries. TTL and DF are those of the answer to the SYN to the open port, else of the one named beside them; window, options, scale and MSS are the SYN-ACK's. <em>IP id</em> says how answers in a row are numbered: always zero, another constant, as the question was (<em>echoed</em>), a counter (<em>incremental</em>, or <em>byte-swapped</em>), rising in random steps, or random; other kinds of answers are named where they differ.`,
    )}<p>${outcome}.</p>${table<MachineResult>({
      caption: `Survey of ${plural(machines.length, 'machine')}`,
      sortable: true,
      rows: machines.filter(({ survey, status }) => survey || status === 'failed'),
      columns,
    })}`,
  };
}
