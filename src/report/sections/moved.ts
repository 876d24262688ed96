import { html, type Markup } from '../escape.js';
import { formatCount, plural } from '../format.js';
import { howToRead, nothing } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { Cause, Moved, MovedField, Result } from '../result.js';

const titles: Readonly<Record<Cause, string>> = {
  ram: 'Memory alone',
  cores: 'The number of cores alone',
  nic: 'The NIC alone',
  machine: 'The machine type alone',
  cpu: 'The CPU model alone',
  driver: 'The driver alone',
  network: 'The network alone',
  runtime: 'The runtime alone',
  configuration: 'The configuration alone',
  application: 'The application alone',
};

interface Row extends MovedField {
  readonly image: string;
}

/** Settings that gave one value stand together: `5: 256M, 512M`. */
function byValue({ values }: MovedField): Markup {
  const settings = new Map<string, string[]>();
  for (const { setting, value } of values) settings.set(value, [...(settings.get(value) ?? []), setting]);
  return html`${[...settings].map(
    ([value, names]) => html`<span class="chip"><b>${value}</b> ${names.join(', ')}</span> `,
  )}`;
}

function causeTable(cause: Cause, rows: readonly Row[]): Markup {
  return table<Row>({
    caption: `${titles[cause]}: fields that it moved, by image`,
    rows,
    sortable: true,
    className: 'classes',
    columns: [
      { heading: 'Image', rowHeading: true, cell: ({ image }) => image },
      { heading: 'Field', cell: ({ field }) => html`<code>${field}</code>` },
      {
        heading: 'Probes',
        number: true,
        cell: ({ probes }) => formatCount(probes),
        key: ({ probes }) => probes,
      },
      { heading: 'Example', number: true, cell: ({ probe }) => html`#${probe}`, key: ({ probe }) => probe },
      { heading: 'Values there', cell: byValue },
    ],
  });
}

function causePart(cause: Cause, moved: readonly Moved[]): Markup {
  const machines = moved.reduce((sum, one) => sum + one.machines, 0);
  const rows = moved.flatMap(({ image, fields }) => fields.map((field) => ({ image, ...field })));
  const still = moved.filter(({ fields }) => fields.length === 0).map(({ image }) => image);
  return html`<h3>${titles[cause]}</h3><p>Compared: ${plural(machines, 'machine')} of ${plural(moved.length, 'image')}, those of one image alike in everything else.${
    still.length > 0 && html` It moved nothing in ${still.join(', ')}.`
  }</p>${rows.length > 0 && causeTable(cause, rows)}`;
}

/** Which response fields moved between machines of one image, by the one thing in which they differ. */
export function movedSection(result: Result): Section {
  const section = { id: 'moved', title: 'What moved' };
  const moved = result.moved ?? [];
  if (moved.length === 0) {
    return {
      ...section,
      body: nothing(
        'No two machines of one image differ in a single thing, so nothing can be said about it.',
      ),
    };
  }
  const causes = [...new Set(moved.map(({ cause }) => cause))];
  return {
    ...section,
    body: html`${howToRead(
      'Machines of one image are one operating system. A field that differs between them cannot be evidence of the operating system alone: it tells the hardware, the configuration or the application as well. Probes are those in which the field differs between some of the machines compared; the example is one in which it took the most values. Lengths, offsets and checksums move with whatever they cover.',
    )}${causes.map((cause) =>
      causePart(
        cause,
        moved.filter((one) => one.cause === cause),
      ),
    )}`,
  };
}
