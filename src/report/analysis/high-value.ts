import type { InformationGain, Result } from '../result.js';

/** A field of most value for one hierarchy and level. */
export interface ValuedField {
  readonly hierarchy: InformationGain['hierarchy'];
  readonly level: number;
  readonly field: string;
  /** Parts of the machines that it was chosen to split. */
  readonly parts: number;
  /** The largest of these. */
  readonly machines: number;
  /** The most that it told in one of them, bits. */
  readonly gain: number;
  /** What differed between machines of one image where the field moved, in this run. */
  readonly causes: readonly string[];
}

/** Fields of most value in the order in which they were chosen, level by level. */
export function valuedFields({ information_gain: gains, moved = [] }: Result): ValuedField[] {
  const causesOf = (field: string) => [
    ...new Set(moved.filter((one) => one.fields.some((other) => other.field === field)).map((m) => m.cause)),
  ];
  return gains.flatMap(({ high_value, hierarchy, level }) =>
    (high_value?.fields ?? []).map((field) => {
      const own = high_value!.choices.filter((choice) => choice.field === field);
      return {
        ...{ hierarchy, level, field, parts: own.length, causes: causesOf(field) },
        machines: Math.max(...own.map(({ machines }) => machines)),
        gain: Math.max(...own.map(({ gain }) => gain)),
      };
    }),
  );
}
