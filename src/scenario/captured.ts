import { captureInterfaces, PathCapture } from '../netem/capture/path-capture.js';
import { capturePoint } from '../netem/capture/points.js';
import type { Path } from '../netem/path.js';
import { PcapngFile } from '../packet/pcapng-file.js';
import { version } from '../version.js';
import type { Trial } from './conditions.js';
import { pathSpec } from './path-spec.js';
import type { RunFolder } from './run-folder.js';
import type { Scenario } from './schema.js';

/** A capture of a trial that goes on until it is kept or thrown away. */
export interface TrialCapture extends Disposable {
  /** Takes no more packets. */
  end(): void;
  /** Gives the file its name. Throws CapabilityError when it could not be written. */
  keep(): void;
}

/** Begins what the scenario captures of a trial, `captures/<trial>.pcapng`; undefined where that is nothing. */
export async function beginCapture(
  { captures }: Scenario,
  { id, condition }: Trial,
  path: Path,
  folder: RunFolder,
): Promise<TrialCapture | undefined> {
  if (captures.length === 0) return undefined;
  const spec = pathSpec(condition);
  const points = captures.map((name) => capturePoint(spec, name)!);
  const { temporary, final } = await folder.captureFiles(id);
  const section = { application: `Stackbed ${version}`, comment: `the path to ${id}` };
  const file = new PcapngFile(temporary, final, captureInterfaces(points), section);
  path.watch = new PathCapture(points, (packet) => file.write(packet));
  const end = () => {
    path.watch = undefined;
  };
  return {
    end,
    keep: () => file.keep(),
    [Symbol.dispose]: () => {
      end();
      file[Symbol.dispose]();
    },
  };
}
