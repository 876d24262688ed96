import { html, type Part } from '../escape.js';
import {
  formatCount,
  formatDuration,
  formatInstant,
  formatMemory,
  formatSignificant,
  plural,
} from '../format.js';
import { terms } from '../page/blocks.js';
import type { Section } from '../page/section.js';
import type { Result } from '../result.js';

const accelerators: Readonly<Record<string, string>> = {
  tcg: 'TCG: every guest instruction was emulated in software. Boots and probe rates are those of an emulator, not of hardware.',
  kvm: 'KVM: the guests ran on the processor itself, with hardware virtualization.',
};

function direction(name: string, from: string, to: string, stages: readonly string[]): Part {
  return html`<div class="direction"><h4>${name}</h4><ol class="path"><li class="end">${from}</li>${
    stages.length === 0
      ? html`<li class="unchanged">no stage: every packet passes unchanged</li>`
      : stages.map((stage) => html`<li>${stage}</li>`)
  }<li class="end">${to}</li></ol></div>`;
}

function recordedTerms({ recorded, collection }: Result): (readonly [string, Part])[] {
  if (!recorded) return [];
  const { name, trials, command, digest, sent } = recorded;
  const fewer =
    sent > collection.probes
      ? `, the first ${formatCount(collection.probes)} of its ${plural(sent, 'probe')}`
      : '';
  return [
    [
      'Recorded',
      html`Nothing was booted. Dataset “${name}” of ${plural(trials, 'machine')}${fewer}, <code class="digest">${digest}</code>, of the run <code>${command}</code>; boots, times and host are that run’s.`,
    ],
  ];
}

/** What was run on what, and how to run it again. */
export function runSection(result: Result): Section {
  const { host, path, collection } = result;
  const restored = result.machines.filter(({ boot }) => boot === 'restored').length;
  const accelerator = accelerators[result.accelerator.toLowerCase()];
  return {
    id: 'run',
    title: 'What was run',
    body: html`<h3>To run it again</h3><pre class="command"><code>${result.command}</code></pre>
<div class="pair"><div><h3>Run</h3>${terms([
      ['Scenario', result.scenario],
      ['Seed', html`<code>${result.seed}</code>`],
      ['Started', formatInstant(result.started_at)],
      ['Probes', `${plural(collection.probes, 'probe')} × ${plural(collection.copies, 'copy', 'copies')}`],
      ['Boots', restored === 0 ? 'cold' : `restored from snapshots: ${plural(restored, 'machine')}`],
      ['Wall time', `${formatDuration(collection.wall_s * 1000)}, boots and probing together`],
      ['Rate', `${formatSignificant(collection.probes_per_s)} packets/s, median over machines`],
      ['Dataset', html`<code class="digest">${result.dataset.digest}</code>`],
      ...recordedTerms(result),
    ])}</div><div><h3>Host</h3>${terms([
      ['Accelerator', accelerator ?? html`<code>${result.accelerator}</code>`],
      ['Stackbed', result.stackbed],
      ['QEMU', host.qemu],
      ...(host.libvirt === undefined ? [] : ([['libvirt', host.libvirt]] as const)),
      ...(host.docker === undefined ? [] : ([['Docker', host.docker]] as const)),
      ['Node', host.node],
      ['Kernel', host.kernel],
      ['Processors', formatCount(host.cpus)],
      ['Memory', formatMemory(host.memory_mib)],
    ])}</div></div>
<h3>Path</h3><div class="pair">${direction('Forward', 'prober', 'machine', path.forward)}${direction(
      'Reverse',
      'machine',
      'prober',
      path.reverse,
    )}</div>
<p>${
      path.forward.length + path.reverse.length === 0
        ? 'Nothing on the path changes, delays or drops a packet.'
        : html`The path took ${plural(path.decisions, 'decision')} and dropped ${plural(collection.lost_by_path, 'packet')} of ${plural(collection.packets_sent, 'probe packet')} and their responses.`
    } Decision log: <code class="digest">${path.log_digest}</code>. The same scenario and seed give the same log.</p>${
      path.captures
        ? html`<p>Packets were captured at ${path.captures.map((point, index) => html`${index > 0 ? ', ' : ''}<code>${point}</code>`)}: <code>captures/</code> of the run has a pcapng file for each machine, with an interface for each point.</p>`
        : ''
    }`,
  };
}
