import type { Direction } from '../flow.js';
import type { PathSpec } from '../lane.js';
import { placedSpecs } from '../placed-spec.js';

/** A place on a path where packets are captured: before which stage of each direction; none of one that it is not on. */
export interface CapturePoint {
  readonly name: string;
  readonly forward: number | undefined;
  readonly reverse: number | undefined;
  /** It is where packets are lost, wherever that is. */
  readonly drops: boolean;
}

/** Names of the points that a path has: its ends, both sides of each box, what is behind each stage, and what is lost. */
export function pointNames(path: PathSpec): string[] {
  const behind = (direction: Direction) =>
    placedSpecs(path)[direction].map((_, index) => `${direction} ${index + 1}`);
  return [
    ...['prober', 'machine', 'drops'],
    ...(path.boxes ?? []).flatMap(({ name }) => [`before ${name}`, `after ${name}`]),
    ...behind('forward'),
    ...behind('reverse'),
  ];
}

/** The point of that name, or undefined where the path has none such. */
export function capturePoint(path: PathSpec, name: string): CapturePoint | undefined {
  const { forward, reverse } = placedSpecs(path);
  const boxes = path.boxes ?? [];
  const nowhere = { name, forward: undefined, reverse: undefined, drops: false };
  /** Between a section and the one behind it, as seen from the prober. */
  const behind = (section: number): CapturePoint => ({
    ...nowhere,
    forward: forward.filter((one) => one.section <= section).length,
    reverse: reverse.filter((one) => one.section > section).length,
  });
  if (name === 'prober') return behind(-1);
  if (name === 'machine') return behind(boxes.length);
  if (name === 'drops') return { ...nowhere, drops: true };
  const [, side, rest = ''] = /^(before|after|forward|reverse) (.+)$/.exec(name) ?? [];
  if (side === 'forward' || side === 'reverse') {
    const stages = side === 'forward' ? forward : reverse;
    const known = /^[1-9]\d*$/.test(rest) && Number(rest) <= stages.length;
    return known ? { ...nowhere, [side]: Number(rest) } : undefined;
  }
  const box = boxes.findIndex((one) => one.name === rest);
  return box < 0 ? undefined : behind(side === 'before' ? box : box + 1);
}
