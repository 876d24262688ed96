import type { Matrix } from '../dataset/matrix.js';
import { fieldGains, highValueFields, probeGains } from '../learn/index.js';
import type { InformationGain } from '../report/result.js';

/** Probes that a result names; `stackbed gain --json` has all. */
const probesShown = 20;

/**
 * What fields and probes tell about the labels of all machines, and the fields of most value (paper section 4.2.2).
 * @param most probes that are named, the most telling first
 */
export function informationGain(
  matrix: Matrix,
  labels: readonly string[],
  most = probesShown,
): Omit<InformationGain, 'hierarchy' | 'level'> {
  const { entropy, fields } = fieldGains(matrix, labels);
  const { choices, fields: chosen } = highValueFields(matrix, labels);
  return {
    ...{ entropy, fields: [...fields] },
    probes: probeGains(matrix, labels).slice(0, most),
    high_value: {
      fields: [...chosen],
      choices: choices.map(({ alike, ...choice }) => ({ ...choice, alike: [...alike] })),
    },
  };
}
