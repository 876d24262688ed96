import { type KeyedRandom, keyedRandom } from '../random.js';
import { type Process, ProcessRun } from './correlated.js';
import type { Direction } from './flow.js';
import { Ordinals } from './ordinals.js';
import type { Stage, StagePair, StageProcess } from './stage.js';
import { createPair, createStage, mayRewrite, type StageSpec } from './stages.js';

/** A stretch of the path: `both` stands at the machine's end of `forward` and `reverse`. */
export interface SectionSpec {
  /** Prober to machine, in the order in which a packet meets them. */
  readonly forward: readonly StageSpec[];
  /** Machine to prober, in the order in which a packet meets them. */
  readonly reverse: readonly StageSpec[];
  /** Stages that stand in both directions with one state, in the order in which a forward packet meets them. */
  readonly both?: readonly StageSpec[] | undefined;
}

/** A middlebox: a stretch of the path with a name. */
export interface BoxSpec extends SectionSpec {
  readonly name: string;
}

/** The stages between the prober and a machine, as data: a stretch, then boxes, the first nearest to the prober. */
export interface PathSpec extends SectionSpec {
  readonly boxes?: readonly BoxSpec[] | undefined;
}

/** Where a packet that a stage makes goes on: which stage of the lane is next, and what marks the packet. */
interface Onward {
  readonly next: number;
  /** Added to the copy number; 0 where the stage did not say that it makes packets. */
  readonly mark: number;
}

/** A stage at its place in a lane. */
export interface Site {
  readonly kind: string;
  readonly text: string;
  /** It may change bytes of packets. */
  readonly rewrites: boolean;
  readonly process: StageProcess;
  readonly random: KeyedRandom;
  readonly flowRandom: KeyedRandom;
  readonly onward: Readonly<Record<Direction, Onward>>;
  stateAt<State>(process: Process<State>, position: number, ordinal: number, copy: number): State;
}

/** One direction of a path. */
export interface Lane {
  readonly direction: Direction;
  readonly sites: readonly Site[];
  /** Packets waiting at each site. */
  readonly waiting: number[];
  /** Packets seen so far. */
  readonly ordinals: Ordinals;
}

interface Placed {
  readonly stage: Stage | StagePair;
  readonly box: string | undefined;
  /** The pair's number in the path; undefined for a stage of one direction. */
  readonly pair: number | undefined;
  /** The section's number, by which a stage of one direction finds the list opposite. */
  readonly section: number;
}

const directions = ['forward', 'reverse'] as const;

function other(direction: Direction): Direction {
  return direction === 'forward' ? 'reverse' : 'forward';
}

function place(spec: PathSpec): Record<Direction, Placed[]> {
  const lanes: Record<Direction, Placed[]> = { forward: [], reverse: [] };
  const reverse: Placed[][] = [];
  let pairs = 0;
  const sections: readonly (SectionSpec & { readonly name?: string })[] = [spec, ...(spec.boxes ?? [])];
  for (const [section, { name: box, forward, reverse: back, both = [] }] of sections.entries()) {
    const single = (stage: StageSpec): Placed => ({
      stage: createStage(stage),
      box,
      pair: undefined,
      section,
    });
    const paired = both.map((stage): Placed => ({ stage: createPair(stage), box, pair: pairs++, section }));
    lanes.forward.push(...forward.map(single), ...paired);
    reverse.unshift([...[...paired].reverse(), ...back.map(single)]);
  }
  lanes.reverse.push(...reverse.flat());
  return lanes;
}

/** Marks of a lane: its own makers of packets first, then those opposite that may send into it. */
function marksOf(lanes: Record<Direction, Placed[]>, direction: Direction): Map<string, number> {
  const makers = [
    ...lanes[direction].map(({ stage }, index) => (stage.makes ? `${direction} ${index}` : undefined)),
    ...lanes[other(direction)].map(({ stage }, index) =>
      stage.makes === 'packets' ? `${other(direction)} ${index}` : undefined,
    ),
  ].filter((name) => name !== undefined);
  return new Map(makers.map((name, index) => [name, 2 ** index]));
}

/** The first stage that a packet meets when it is sent into a lane by `from`, which stands in the other one. */
function nextOpposite(lane: readonly Placed[], direction: Direction, from: Placed): number {
  if (from.pair !== undefined) return lane.findIndex(({ pair }) => pair === from.pair) + 1;
  const inList = lane.findIndex(({ section, pair }) => section === from.section && pair === undefined);
  if (inList >= 0) return inList;
  // The list opposite is empty: go on where it would stand.
  const beyond = lane.findIndex(({ section, pair }) =>
    direction === 'forward'
      ? section > from.section || (section === from.section && pair !== undefined)
      : section < from.section,
  );
  return beyond < 0 ? lane.length : beyond;
}

/** Builds both lanes of a path, with a random stream for every stage under the path's seed and link. */
export function buildLanes(spec: PathSpec, seed: number | string, link: string): Record<Direction, Lane> {
  const placed = place(spec);
  const marks = { forward: marksOf(placed, 'forward'), reverse: marksOf(placed, 'reverse') };
  const build = (direction: Direction): Lane => ({
    direction,
    sites: placed[direction].map((at, index): Site => {
      const { stage, box, pair } = at;
      const { kind } = stage;
      const name = `path/${link}/${direction}/${index}/${kind}`;
      const shared = pair === undefined ? `${name}/flow` : `path/${link}/both/${pair}/${kind}`;
      const runs = new Map<Process<unknown>, ProcessRun<unknown>>();
      const onward = Object.fromEntries(
        directions.map((towards) => [
          towards,
          {
            next: towards === direction ? index + 1 : nextOpposite(placed[towards], towards, at),
            mark: marks[towards].get(`${direction} ${index}`) ?? 0,
          },
        ]),
      ) as Record<Direction, Onward>;
      return {
        kind,
        text: box === undefined ? stage.text : `${box}: ${stage.text}`,
        rewrites: mayRewrite(kind),
        process: 'process' in stage ? stage.process : stage[direction],
        random: keyedRandom(seed, name),
        flowRandom: keyedRandom(seed, shared),
        onward,
        stateAt<State>(process: Process<State>, position: number, ordinal: number, copy: number): State {
          let run = runs.get(process) as ProcessRun<State> | undefined;
          if (!run) {
            run = new ProcessRun(process, keyedRandom(seed, `${name}/${process.name}`));
            runs.set(process, run);
          }
          return run.at(position, ordinal, copy);
        },
      };
    }),
    waiting: placed[direction].map(() => 0),
    ordinals: new Ordinals(),
  });
  return { forward: build('forward'), reverse: build('reverse') };
}
