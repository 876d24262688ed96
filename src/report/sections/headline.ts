import { behaviourGroups } from '../analysis/behaviour-groups.js';
import { countBehaviourClasses } from '../analysis/classes.js';
import { bestAtFinest, hierarchies } from '../analysis/experiments.js';
import { dropsOf, noisePanels, panelName } from '../analysis/noise.js';
import { html, type Markup, type Part } from '../escape.js';
import {
  formatCount,
  formatDuration,
  formatInterval,
  formatRatio,
  formatShare,
  formatSignificant,
  median,
  plural,
} from '../format.js';
import type { Result } from '../result.js';

interface Tile {
  readonly figure: string;
  readonly label: string;
  readonly note: Part;
}

function accuracyTiles(result: Result): Tile[] {
  return hierarchies.flatMap((hierarchy) => {
    const best = bestAtFinest(result, hierarchy);
    if (!best) return [];
    return {
      figure: formatShare(best.accuracy),
      label: `best accuracy, ${hierarchy} level ${best.level}`,
      note: html`95 % interval ${formatInterval(best.ci95)}; ${best.learner} on ${best.fields} fields, ${plural(best.machines, 'machine')}, ${plural(best.classes, 'class', 'classes')}; majority class alone ${formatShare(best.majority)}`,
    };
  });
}

function noiseTiles(result: Result): Tile[] {
  return noisePanels(result)
    .slice(0, 1)
    .flatMap((panel) => {
      const [most] = dropsOf(panel);
      if (!most) return [];
      const { model, before, after } = most;
      return {
        figure: formatShare(after.accuracy),
        label: `accuracy under “${after.condition}”, ${panelName(panel)}`,
        note: html`95 % interval ${formatInterval(after.ci95)}; ${model.learner} trained under “${model.clean}” alone, where it has ${formatShare(before.accuracy)}`,
      };
    });
}

function tiles(result: Result): Tile[] {
  const { machines, collection, dataset } = result;
  const measured = machines.filter((machine) => machine.status === 'measured');
  const boots = measured.flatMap(({ boot_ms }) => (boot_ms === null ? [] : [boot_ms]));
  const boot = median(boots);
  const answered = measured.reduce((sum, machine) => sum + machine.answered, 0);
  const silent = measured.reduce((sum, machine) => sum + machine.silent, 0);
  const partial = measured.reduce((sum, machine) => sum + machine.partial, 0);
  const pairs = answered + silent + partial;
  const groups = behaviourGroups(measured);
  const list: Tile[] = [
    {
      figure: `${formatCount(measured.length)} of ${formatCount(machines.length)}`,
      label: machines.length === 1 ? 'machine measured' : 'machines measured',
      note:
        boot === undefined ? 'no machine booted' : `median boot ${formatDuration(boot)}, n = ${boots.length}`,
    },
    {
      figure: formatCount(collection.packets_sent),
      label: 'probe packets sent',
      note: `${plural(collection.probes, 'probe')} × ${plural(collection.copies, 'copy', 'copies')}, ${formatSignificant(collection.probes_per_s)} packets/s`,
    },
  ];
  if (pairs > 0) {
    list.push({
      figure: formatRatio(answered, pairs),
      label: 'of probes answered in full',
      note: `${formatRatio(silent, pairs)} silent, ${formatRatio(partial, pairs)} partial; ${formatCount(pairs)} machine × probe pairs`,
    });
  }
  if (groups.length > 0) {
    list.push({
      figure: formatCount(groups.length),
      label: groups.length === 1 ? 'behaviour group' : 'behaviour groups',
      note: `told apart by the kinds of their responses alone; n = ${plural(measured.length, 'machine')}`,
    });
  }
  const classes = countBehaviourClasses(measured);
  if (classes > 0) {
    list.push({
      figure: formatCount(classes),
      label: classes === 1 ? 'behaviour class' : 'behaviour classes',
      note: `told apart by all fields of their responses; n = ${plural(measured.length, 'machine')}`,
    });
  }
  if (dataset.values > 0) {
    list.push({
      figure: formatRatio(dataset.nondeterministic, dataset.values),
      label: 'of field values nondeterministic',
      note: `${formatCount(dataset.nondeterministic)} of ${formatCount(dataset.values)} values`,
    });
  }
  return [...list, ...accuracyTiles(result), ...noiseTiles(result)];
}

/** The figures a reader wants first. */
export function headline(result: Result): Markup {
  return html`<ul class="tiles" aria-label="Headline figures">${tiles(result).map(
    ({ figure, label, note }) =>
      html`<li><span class="figure">${figure}</span><span class="what">${label}</span><span class="note">${note}</span></li>`,
  )}</ul>`;
}
