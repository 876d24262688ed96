import { InputError, type Place } from '../../errors.js';
import type { PlacedSpec } from '../placed-spec.js';
import { createPair, createStage, pairedKinds, type StageSpec } from '../stages.js';

/** Thrown about one stage that tc and nft have no words for. */
export class Inexpressible extends Error {
  constructor(
    /** Why not, as the end of a sentence. */
    readonly why: string,
    /** What could be used instead. */
    readonly instead: string,
  ) {
    super(why);
  }
}

/** The stage as reports and errors write it: `loss 5%`. */
export function stageText(spec: StageSpec): string {
  return (pairedKinds.has(spec.kind) ? createPair(spec) : createStage(spec)).text;
}

/** Where a stage stands, in words: `forward, stage 2 of "both" in box home-router-nat`. */
export function placeText({ direction, list, index, box }: PlacedSpec): string {
  return `${direction}, stage ${index + 1} of "${list}" in ${box === undefined ? 'the path' : `box ${box}`}`;
}

/** Finds a stage in the file it came from. */
export type PlaceOf = (at: PlacedSpec) => Place | undefined;

/** Stages that could not be expressed, each told once though it may stand in both directions. */
export class Faults {
  private readonly found = new Map<string, InputError>();

  constructor(private readonly placeOf: PlaceOf = () => undefined) {}

  /** In the order of the file, where there is one. */
  get errors(): readonly InputError[] {
    const at = ({ place }: InputError) => (place ? place.line * 1e6 + place.column : 0);
    return [...this.found.values()].sort((a, b) => at(a) - at(b));
  }

  add(at: PlacedSpec, { why, instead }: Pick<Inexpressible, 'why' | 'instead'>): void {
    const key = `${at.section} ${at.list} ${at.index} ${why}`;
    if (this.found.has(key)) return;
    const message = `tc and nft cannot express \`${stageText(at.spec)}\` (${placeText(at)}): ${why}`;
    this.found.set(key, new InputError(message, { place: this.placeOf(at), remedy: instead }));
  }

  /** What `make` gives, or undefined when the stage cannot be expressed, which is kept. */
  try<T>(at: PlacedSpec, make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof Inexpressible)) throw error;
      this.add(at, error);
      return undefined;
    }
  }
}
