import { type ClassSize, classSizes, countBehaviourClasses } from '../analysis/classes.js';
import { type Hierarchy, labelHierarchies } from '../analysis/experiments.js';
import { html, type Markup, type Part } from '../escape.js';
import { formatCount, formatDuration, formatMemory, plural, shortDigest } from '../format.js';
import { howToRead, more, nothing } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import { type Column, table } from '../page/table.js';
import type { MachineResult, Result } from '../result.js';

/** Classes that are named in a cell, the largest first. */
const classesShown = 60;

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

/** What is asked of the machine beside its image; results of older versions do not say. */
function variationColumns(machines: readonly MachineResult[]): Column<MachineResult>[] {
  if (!machines.some(({ configuration, application }) => configuration ?? application)) return [];
  return [
    {
      heading: 'Configuration, application',
      cell: ({ configuration, application }) =>
        html`${configuration?.name ?? '–'}<small>${application?.name ?? '–'}</small>`,
      key: ({ configuration }) => configuration?.name ?? '',
    },
  ];
}

function behaviourColumns(machines: readonly MachineResult[]): Column<MachineResult>[] {
  const names = [...new Set(machines.flatMap(({ behaviour_class: name }) => name ?? []))];
  if (names.length === 0) return [];
  return [
    {
      heading: 'Behaviour class',
      cell: ({ behaviour_class: name }) => name ?? '–',
      key: ({ behaviour_class: name }) => (name == null ? null : names.indexOf(name)),
    },
  ];
}

function hardwareNote({ hardware, driver, network, runtime }: MachineResult): string {
  const { architecture, machine = 'pc', cpu = 'default' } = hardware;
  const unusual = [machine === 'pc' ? [] : machine, cpu === 'default' ? [] : cpu].flat();
  const by = driver === 'libvirt' || driver === 'docker' ? [driver] : [];
  return [
    architecture,
    ...unusual,
    ...by,
    ...(network === 'bridge' ? [network] : []),
    ...(runtime === 'runsc' ? [runtime] : []),
  ].join(', ');
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
        cell: (machine) => html`${machine.hardware.nic}<small>${hardwareNote(machine)}</small>`,
        key: ({ hardware }) => hardware.nic,
      },
      ...variationColumns(machines),
      ...behaviourColumns(machines),
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
  const rows: { hierarchy: Hierarchy; level: number; sizes: ClassSize[] }[] = labelHierarchies.flatMap(
    (hierarchy) =>
      [0, 1, 2].map((level) => ({ hierarchy, level, sizes: classSizes(machines, hierarchy, level) })),
  );
  if (countBehaviourClasses(machines) > 0)
    rows.push({ hierarchy: 'behaviour', level: 0, sizes: classSizes(machines, 'behaviour', 0) });
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
          html`${sizes
            .slice(0, classesShown)
            .map(
              ({ label, machines }) =>
                html`<span class="chip">${label} <b>${formatCount(machines)}</b></span> `,
            )}${sizes.length > classesShown && `and ${formatCount(sizes.length - classesShown)} more`}`,
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
          html`A probe is <em>answered</em> when every copy of it was, <em>silent</em> when no copy was, and <em>partial</em> in between. <em>Unmatched</em> packets belong to no probe; <em>late</em> responses came after their batch was closed. The digest is of the kernel and initramfs that booted: equal digests are the same image. Machines of one <em>behaviour class</em> gave equal answers in every field of every probe, once the copies were collapsed: no learner can tell them apart by these probes.`,
        )}${fleetTable(result.machines)}${failures(result.machines)}${
          measured.length === 0
            ? nothing('No machine was measured, so there are no classes to tell apart.')
            : html`<h3>What there is to tell apart</h3>${classTable(measured)}`
        }`;
  return { id: 'fleet', title: 'Fleet', body };
}
