import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../package-root.js';
import { socketOptions, sysctlSettings } from './machines-schema.js';

/** Kernel settings by name, `net.ipv4.tcp_ecn` to `0`. */
export type Sysctls = Readonly<Record<string, string>>;
/** Socket options by name, `rcvbuf` to 4096. */
export type SocketOptions = Readonly<Record<string, number>>;

/** The named configurations and applications that scenarios choose from. */
export interface Presets {
  readonly configuration: ReadonlyMap<string, Sysctls>;
  readonly application: ReadonlyMap<string, SocketOptions>;
}

const about = z.string();
const presetName = z.string().regex(/^[a-z0-9][a-z0-9-]*$/);
const configurations = z.record(presetName, z.strictObject({ about, sysctls: sysctlSettings }));
const applications = z.record(presetName, z.strictObject({ about, socket: socketOptions }));

async function read<T>(name: string, schema: z.ZodType<T>): Promise<[string, T[keyof T]][]> {
  const text = await readFile(join(packageRoot, 'scenarios/presets', name), 'utf8');
  return Object.entries(schema.parse(parse(text)) as Record<string, T[keyof T]>);
}

function defined(options: z.output<typeof socketOptions>): SocketOptions {
  return Object.fromEntries(
    Object.entries(options).filter((pair): pair is [string, number] => pair[1] !== undefined),
  );
}

/** Loads scenarios/presets. Throws an Error when a file there is invalid, which is a fault of Stackbed's own. */
export async function loadPresets(): Promise<Presets> {
  const [first, second] = await Promise.all([
    read('configurations.yaml', configurations),
    read('applications.yaml', applications),
  ]);
  return {
    configuration: new Map(first.map(([name, { sysctls }]) => [name, sysctls])),
    application: new Map(second.map(([name, { socket }]) => [name, defined(socket)])),
  };
}

/** The presets that a name like `hardened+ecn-off` joins. */
export function joinedNames(name: string): string[] {
  return name.split('+').map((part) => part.trim());
}

/**
 * What a joined name stands for, with `own` values over it; later names prevail.
 * @throws RangeError for a name that no preset has; `checkFleet` finds those first.
 */
export function resolvePreset<Value>(
  presets: ReadonlyMap<string, Readonly<Record<string, Value>>>,
  name: string,
  own: Readonly<Record<string, Value | undefined>>,
): Record<string, Value> {
  const layers = joinedNames(name).map((part) => {
    const values = presets.get(part);
    if (!values) throw new RangeError(`no preset is called ${part}`);
    return values;
  });
  const all = Object.assign({}, ...layers, own) as Record<string, Value | undefined>;
  return Object.fromEntries(
    Object.entries(all).filter((pair): pair is [string, Value] => pair[1] !== undefined),
  );
}
