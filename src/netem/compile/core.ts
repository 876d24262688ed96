import type { Direction } from '../flow.js';
import { type Interfaces, type Routed, routedRules } from '../nft/router.js';
import type { PlacedSpec } from '../placed-spec.js';
import { pairedKinds, type StageSpec } from '../stages.js';
import { withoutRoutedHop } from './countdown.js';
import type { Faults } from './inexpressible.js';
import type { LanePlan } from './order.js';

/** Kinds that make the kernel track connections. */
const tracking: ReadonlySet<string> = new Set(['nat', 'stateful-firewall', 'syn-proxy']);

export type Lanes = Readonly<Record<Direction, LanePlan>>;

/** What only a router can do, once for each stage, and the lanes without what routing does by itself. */
export interface RouterPlan {
  readonly lanes: Lanes;
  readonly stages: readonly { readonly at: PlacedSpec; readonly routed: Routed }[];
}

function isReassembly(spec: StageSpec): boolean {
  return spec.kind === 'fragments' && spec.to === 'reassemble';
}

/** Connection tracking puts fragments together, and says so by itself. */
function withoutReassembly(plan: LanePlan): LanePlan {
  const others = (stages: readonly PlacedSpec[]) => stages.filter(({ spec }) => !isReassembly(spec));
  return { ...plan, before: others(plan.before), after: others(plan.after) };
}

function checkTogether(stages: readonly PlacedSpec[], faults: Faults): void {
  for (const [index, at] of stages.entries()) {
    const others = stages.slice(0, index).filter((other) => other.spec.kind === at.spec.kind);
    const again = others.some((other) => at.spec.kind !== 'mtu' || other.direction === at.direction);
    const mixed =
      at.spec.kind === 'syn-proxy' && stages.some((other) => other !== at && tracking.has(other.spec.kind));
    if (!again && !mixed) continue;
    faults.add(at, {
      why: again
        ? `there is another \`${at.spec.kind}\`, and one kernel has one table of connections and one MTU a device`
        : 'the proxy leaves connections alone that other stages must track',
      instead: 'compile each for a box of its own',
    });
  }
}

/** Plans the router, or undefined where no stage needs one. */
export function planRouter(lanes: Lanes, interfaces: Interfaces, faults: Faults): RouterPlan | undefined {
  const written = ({ section, list, index }: PlacedSpec) => `${section} ${list} ${index}`;
  const paired = new Set(lanes.forward.core.filter(({ spec }) => pairedKinds.has(spec.kind)).map(written));
  const core = [...lanes.forward.core, ...lanes.reverse.core.filter((at) => !paired.has(written(at)))];
  if (core.length === 0) return undefined;
  checkTogether(core, faults);
  const stages = core.flatMap((at) => {
    const routed = faults.try(at, () => routedRules(at, interfaces));
    return routed ? [{ at, routed }] : [];
  });
  const tracks = core.some(({ spec }) => pairedKinds.has(spec.kind));
  const whole = tracks
    ? { forward: withoutReassembly(lanes.forward), reverse: withoutReassembly(lanes.reverse) }
    : lanes;
  const [forward, reverse] = [withoutRoutedHop(whole.forward), withoutRoutedHop(whole.reverse)];
  if (forward && reverse) return { lanes: { forward, reverse }, stages };
  const keep = forward ? 'reverse packets keep' : reverse ? 'forward packets keep' : 'packets keep';
  // Told at one stage that makes the box a router: the others are no better.
  if (stages[0])
    faults.add(stages[0].at, {
      why: `a router counts the time to live down by one, and ${keep} theirs here`,
      instead: 'put `ttl: {decrement: 1}` next to it under `both`',
    });
  return { lanes: whole, stages };
}

/** Settings of all stages; the stricter one where two differ. */
export function sysctlsOf(stages: RouterPlan['stages']): Record<string, string | number> {
  const all: Record<string, string | number> = { 'net.ipv4.ip_forward': 1 };
  for (const { routed } of stages)
    for (const [name, value] of Object.entries(routed.sysctls))
      all[name] = name.endsWith('_checksum') ? Math.max(Number(all[name] ?? 0), Number(value)) : value;
  return all;
}
