import { InputErrors } from '../../errors.js';
import type { Direction } from '../flow.js';
import { isImpairment } from '../impairment/index.js';
import type { PathSpec } from '../lane.js';
import type { Interfaces } from '../nft/router.js';
import { bridgeTables, rewriteNote, routerTable, tableName } from '../nft/tables.js';
import { type PlacedSpec, placedSpecs } from '../placed-spec.js';
import type { RewriteSpec } from '../rewrite/index.js';
import { earlyCommands, earlyDevice, withoutEarly } from '../tc/early.js';
import { netemNote } from '../tc/netem-arguments.js';
import { qdiscCommands } from '../tc/qdiscs.js';
import type { Command } from './command.js';
import { type Lanes, planRouter, type RouterPlan, sysctlsOf } from './core.js';
import { Faults, type PlaceOf, stageText } from './inexpressible.js';
import { isCore, planLane } from './order.js';

export interface Programs {
  readonly tc: string;
  readonly nft: string;
  readonly ip: string;
  readonly sh: string;
}

export interface CompileOptions {
  readonly interfaces: Interfaces;
  /** Absolute paths; default: where Debian has them. */
  readonly programs?: Partial<Programs> | undefined;
  readonly placeOf?: PlaceOf | undefined;
}

/** A path as a Linux box between prober and machine would be told it. */
export interface CompiledPath {
  /** A bridge without addresses, or a router, whose addresses and routes are whoever's that runs it. */
  readonly mode: 'bridge' | 'router';
  /** In this order: queues, rules, and the settings of a router, some of which are there only with its rules. */
  readonly commands: readonly (Command & { readonly of: 'settings' | 'tc' | 'nft' })[];
  /** What takes all but the settings away again. */
  readonly undo: readonly Command[];
  /** Stages in which the kernel does something else than the simulated path. */
  readonly notes: readonly { readonly stage: string; readonly note: string }[];
}

const programPaths: Programs = {
  tc: '/usr/sbin/tc',
  nft: '/usr/sbin/nft',
  ip: '/usr/bin/ip',
  sh: '/bin/sh',
};

const directions = ['forward', 'reverse'] as const;

function devices({ prober, machine }: Interfaces, direction: Direction): readonly [from: string, to: string] {
  return direction === 'forward' ? [prober, machine] : [machine, prober];
}

function queueing(lanes: Lanes, interfaces: Interfaces, programs: Programs, faults: Faults) {
  const commands: Command[] = [];
  const undo: Command[] = [];
  for (const direction of directions) {
    const { early, late } = lanes[direction];
    const [from, to] = devices(interfaces, direction);
    if (early.length > 0) {
      commands.push(...earlyCommands(from, direction, programs));
      commands.push(...qdiscCommands(early, earlyDevice(direction), programs.tc, faults));
      undo.push(...withoutEarly(from, direction, programs));
    }
    const queues = qdiscCommands(late, to, programs.tc, faults);
    commands.push(...queues);
    if (queues.length > 0) undo.push({ argv: [programs.tc, 'qdisc', 'del', 'dev', to, 'root'] });
  }
  return { commands, undo };
}

function settings({ stages }: RouterPlan, interfaces: Interfaces, { ip, sh }: Programs): Command[] {
  const mtus = stages.flatMap(({ at: { spec, direction } }) =>
    spec.kind === 'mtu' ? [{ device: devices(interfaces, direction)[1], size: spec.size }] : [],
  );
  const sysctls = Object.entries(sysctlsOf(stages)).map(
    ([name, value]) => `echo ${value} > /proc/sys/${name.replaceAll('.', '/')}\n`,
  );
  return [
    ...mtus.map(
      ({ device, size }): Command => ({ argv: [ip, 'link', 'set', 'dev', device, 'mtu', String(size)] }),
    ),
    { argv: [sh, '-e'], stdin: sysctls.join('') },
  ];
}

function notesOf(stages: readonly PlacedSpec[], router: RouterPlan | undefined): CompiledPath['notes'] {
  const routed = new Map(router?.stages.map(({ at, routed }) => [stageText(at.spec), routed.note]));
  const noted = new Map<string, string>();
  for (const { spec } of stages) {
    const text = stageText(spec);
    const note = isImpairment(spec)
      ? netemNote(spec)
      : isCore(spec)
        ? routed.get(text)
        : spec.kind === 'fragments' && spec.to === 'reassemble'
          ? 'Linux sends datagrams on in the pieces that they came in'
          : rewriteNote(spec as RewriteSpec);
    if (note !== undefined) noted.set(text, note);
  }
  return [...noted].map(([stage, note]) => ({ stage, note }));
}

/**
 * A path as `tc` and `nft` commands for a box with two interfaces, as in tc-netem(8) and nft(8). It is the same path
 * statistically: no draw is the simulated one's.
 * @throws InputErrors that name each stage which tc and nft cannot express, its place, and what to use instead.
 */
export function compilePath(spec: PathSpec, options: CompileOptions): CompiledPath {
  const { interfaces } = options;
  const programs = { ...programPaths, ...options.programs };
  const faults = new Faults(options.placeOf);
  const placed = placedSpecs(spec);
  const stages = [...placed.forward, ...placed.reverse];
  for (const at of stages)
    if (at.spec.when)
      faults.add(at, {
        why: 'a kernel does not count probes or know when the first came',
        instead: 'leave out `at`, `until` and `probes`, or keep it in the simulated path',
      });
  const bridged: Lanes = {
    forward: planLane(placed.forward, faults),
    reverse: planLane(placed.reverse, faults),
  };
  const router = planRouter(bridged, interfaces, faults);
  const lanes = router?.lanes ?? bridged;
  const { commands: tc, undo } = queueing(lanes, interfaces, programs, faults);
  const tables = router
    ? [
        routerTable(
          lanes,
          router.stages.map(({ routed }) => routed),
          interfaces,
          faults,
        ),
      ]
    : bridgeTables(lanes, interfaces, faults);
  if (faults.errors.length > 0) throw new InputErrors(faults.errors);
  const ruleset = tables.map(({ text }) => text).join('');
  const nft: Command[] = ruleset === '' ? [] : [{ argv: [programs.nft, '-f', '-'], stdin: ruleset }];
  const undoTables = tables.map(
    ({ family }): Command => ({ argv: [programs.nft, 'delete', 'table', family, tableName] }),
  );
  return {
    mode: router ? 'router' : 'bridge',
    commands: [
      ...tc.map((command) => ({ ...command, of: 'tc' as const })),
      ...nft.map((command) => ({ ...command, of: 'nft' as const })),
      ...(router ? settings(router, interfaces, programs) : []).map((command) => ({
        ...command,
        of: 'settings' as const,
      })),
    ],
    undo: [...undo, ...undoTables],
    notes: notesOf(stages, router),
  };
}
