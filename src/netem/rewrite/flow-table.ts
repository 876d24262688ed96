import type { Flow } from '../flow.js';

/** Flows that a box keeps at once, as nf_conntrack_max on a router of 1 GiB. */
const mostFlows = 65_536;

/** What a box remembers of each flow; when it is full the flow that came first makes room. */
export class FlowTable<State> {
  private readonly states = new Map<string, State>();

  constructor(private readonly most = mostFlows) {}

  get(flow: Flow): State | undefined {
    return this.states.get(keyOf(flow));
  }

  set(flow: Flow, state: State): void {
    const key = keyOf(flow);
    if (!this.states.has(key) && this.states.size >= this.most)
      this.states.delete(this.states.keys().next().value!);
    this.states.set(key, state);
  }

  delete(flow: Flow): void {
    this.states.delete(keyOf(flow));
  }
}

function keyOf({ proberAddress, proberPort, machinePort, protocol }: Flow): string {
  return `${proberAddress} ${proberPort} ${machinePort} ${protocol}`;
}
