import { plain, type Stage, type StageActions, type StagePair, type StageProcess } from './stage.js';

/** When a stage is there; at other times packets pass it as if it were not. Bounds that are left out are open. */
export interface Timetable {
  /** Milliseconds since the first packet entered the path; what a packet meets is then not reproducible. */
  readonly at?: number | undefined;
  /** Milliseconds; the first moment at which the stage is gone again. */
  readonly until?: number | undefined;
  /** First and last place in the sequence of probe packets, from 0; reproducible. */
  readonly probes?: readonly [first: number, last: number] | undefined;
}

function isThere({ at, until, probes }: Timetable, position: number, actions: StageActions): boolean {
  if (probes && (position < probes[0] || position > probes[1])) return false;
  if (at === undefined && until === undefined) return true;
  const now = actions.elapsed();
  return now >= (at ?? 0) && now < (until ?? Number.POSITIVE_INFINITY);
}

function timetableText({ at, until, probes }: Timetable): string {
  const seconds = (ms: number) => `${plain(ms / 1000)}s`;
  return [
    ...(at === undefined ? [] : [` at ${seconds(at)}`]),
    ...(until === undefined ? [] : [` until ${seconds(until)}`]),
    ...(probes ? [` probes ${probes[0]}-${probes[1]}`] : []),
  ].join('');
}

function sometimes(process: StageProcess, when: Timetable): StageProcess {
  return (packet, actions) => {
    if (isThere(when, packet.position, actions)) process(packet, actions);
    else actions.pass();
  };
}

/** The stage, or the pair, at its times only. */
export function onTimetable<Some extends Stage | StagePair>(stage: Some, when: Timetable | undefined): Some {
  if (!when) return stage;
  const text = `${stage.text}${timetableText(when)}`;
  if ('process' in stage) return { ...stage, text, process: sometimes(stage.process, when) };
  const { forward, reverse } = stage;
  return { ...stage, text, forward: sometimes(forward, when), reverse: sometimes(reverse, when) };
}
