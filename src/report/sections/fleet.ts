import { classSizes } from '../analysis/classes.js';
import { hierarchies } from '../analysis/experiments.js';
import { html, type Markup, type Part } from '../escape.js';
import { formatCount, formatDuration, formatMemory, plural, shortDigest } from '../format.js';
import { howToRead, more, nothing } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { table } from '../page/table.js';
import type { MachineResult, Result } from '../result.js';

function count(of: (machine: MachineResult) => number) {
  return {
    number: true,
    cell: (machine: MachineResult) => formatCount(of(machine)),
    key: of,
  };
}

function finest(machine: MachineResult): Part {
  const { kernel, distribution } = machine.labels;
  return html`${kernel[2]}<small>${distribution[2]}</small>`;
}

function fleetTable(machines: readonly MachineResult[]): Markup {
  return table<MachineResult>({
    caption: `The fleet: ${plural(machines.length, 'machine')}`,
    sortable: true,
    className: 'fleet',
    rows: machines,
    columns: [
      {
        heading: 'Machine and image',
        rowHeading: true,
        cell: ({ id, image, status }) =>
          html`${id}${status === 'failed' && html` <span class="failed">failed</span>`}<small>${image}</small>`,
        key: ({ id }) => id,
      },
      { heading: 'Kernel and distribution', cell: finest, key: ({ labels }) => labels.kernel[2] ?? '' },
      {
        heading: 'RAM',
        number: true,
        cell: ({ hardware }) => formatMemory(hardware.ram_mib),
        key: ({ hardware }) => hardware.ram_mib,
      },
      { heading: 'Cores', ...count(({ hardware }) => hardware.cores) },
      {
        heading: 'NIC, architecture',
        cell: ({ hardware }) => html`${hardware.nic}<small>${hardware.architecture}</small>`,
        key: ({ hardware }) => hardware.nic,
      },
      {
        heading: 'Boot',
        number: true,
        cell: ({ boot_ms }) => (boot_ms === null ? '–' : formatDuration(boot_ms)),
        key: ({ boot_ms }) => boot_ms,
      },
      { heading: 'Sent', ...count((machine) => machine.packets_sent) },
      { heading: 'Received', ...count((machine) => machine.packets_received) },
      { heading: 'Answered', ...count((machine) => machine.answered) },
      { heading: 'Silent', ...count((machine) => machine.silent) },
      { heading: 'Partial', ...count((machine) => machine.partial) },
      { heading: 'Unmatched', ...count((machine) => machine.unmatched) },
      { heading: 'Late', ...count((machine) => machine.late) },
      { heading: 'Digest', cell: ({ digest }) => html`<code>${shortDigest(digest)}</code>` },
    ],
  });
}

function failure(machine: MachineResult): Markup {
  const console = (machine.failure?.console ?? []).map((line) => line.replace(/\r+$/, ''));
  return html`<li><strong>${machine.id}</strong>: ${machine.failure?.reason ?? 'no reason was recorded'}${
    console.length === 0
      ? html`<p class="quiet">Its console printed nothing.</p>`
      : more(
          `Last ${plural(console.length, 'line')} of its console`,
          html`<pre>${console.map((line) => html`${line}\n`)}</pre>`,
        )
  }</li>`;
}

function failures(machines: readonly MachineResult[]): Part {
  const failed = machines.filter((machine) => machine.status === 'failed');
  if (failed.length === 0) return null;
  return html`<h3>${failed.length === 1 ? 'The machine that failed' : `The ${formatCount(failed.length)} machines that failed`}</h3><ul class="failures">${failed.map(failure)}</ul>`;
}

function classTable(machines: readonly MachineResult[]): Markup {
  const rows = hierarchies.flatMap((hierarchy) =>
    [0, 1, 2].map((level) => ({ hierarchy, level, sizes: classSizes(machines, hierarchy, level) })),
  );
  return table<(typeof rows)[number]>({
    caption: `Classes of the ${plural(machines.length, 'measured machine')}, by hierarchy and level`,
    rows,
    className: 'classes',
    columns: [
      { heading: 'Hierarchy', rowHeading: true, cell: ({ hierarchy }) => hierarchy },
      { heading: 'Level', number: true, cell: ({ level }) => level },
      { heading: 'Classes', number: true, cell: ({ sizes }) => formatCount(sizes.length) },
      {
        heading: 'Machines in each',
        cell: ({ sizes }) =>
          sizes.map(
            ({ label, machines }) =>
              html`<span class="chip">${label} <b>${formatCount(machines)}</b></span> `,
          ),
      },
    ],
  });
}

/** Every machine with its hardware and its counts; the failed ones with the reason. */
export function fleetSection(result: Result): Section {
  const measured = result.machines.filter((machine) => machine.status === 'measured');
  const body =
    result.machines.length === 0
      ? nothing('The run has no machines.')
      : html`${howToRead(
          html`A probe is <em>answered</em> when every copy of it was, <em>silent</em> when no copy was, and <em>partial</em> in between. <em>Unmatched</em> packets belong to no probe; <em>late</em> responses came after their batch was closed. The digest is of the kernel and initramfs that booted: equal digests are the same image.`,
        )}${fleetTable(result.machines)}${failures(result.machines)}${
          measured.length === 0
            ? nothing('No machine was measured, so there are no classes to tell apart.')
            : html`<h3>What there is to tell apart</h3>${classTable(measured)}`
        }`;
  return { id: 'fleet', title: 'Fleet', body };
}
