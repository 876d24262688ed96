import type { BootedMachine } from '../../testbed/boot.js';
import { InputError } from '../errors.js';
import { isIpv4Frame } from '../netem/flow.js';
import type { PathSpec } from '../netem/path.js';
import { ethernetHeaderLength } from '../packet/ethernet.js';
import { emitFrame } from '../packet/frame.js';
import { ipv4Destination } from '../packet/ipv4.js';
import { addressing } from '../probe/addressing.js';
import { sentinelOf } from '../probe/sentinel.js';
import { goneOf } from '../scenario/probe-machine.js';
import type { ProbedPorts } from '../scenario/probed-ports.js';
import { BedPath } from './bed-path.js';
import { type Capture, watchFor } from './capture.js';
import type { ProbePacket } from './packets.js';
import { type Exchange, Response } from './response.js';

export interface ProbeOptions {
  /** Patience with an answer, ms; default 1000 on a path with stages, 5000 else, times what this host is slower. */
  readonly timeoutMs?: number;
  /** Goes on collecting for so long after the first response, ms; default 0. */
  readonly collectMs?: number;
}

export interface BedMachineParts {
  readonly name: string;
  readonly image: string;
  readonly booted: BootedMachine;
  readonly ports: ProbedPorts;
  readonly captures: ReadonlySet<Capture>;
  readonly path: PathSpec;
  /** How many times slower than the reference this host is; 1 or more. */
  readonly slowdown: number;
}

const patience = { certain: 5000, path: 1000 } as const;
const sentinelEveryMs = 500;
const sources = 1 << 20;
const firstSourcePort = 40_000;

const hasStages = ({ forward, reverse, both = [], boxes = [] }: PathSpec) =>
  forward.length + reverse.length + both.length + boxes.length > 0;

/** A machine of a testbed: a real TCP/IP stack behind a path of its own. */
export class BedMachine {
  readonly name: string;
  /** Catalogue id. */
  readonly image: string;
  /** The network between the prober and this machine. */
  readonly path: BedPath;
  /** Ports with and without a listener. */
  readonly ports: { readonly open: number; readonly closed: number };
  private readonly booted: BootedMachine;
  private readonly waiting = new Map<number, (bytes: Uint8Array) => void>();
  private readonly sentinels = new Map<number, () => void>();
  private readonly gone: { promise: Promise<never> };
  private spec: PathSpec;
  private sent = 0;
  private sentinel = 0;

  constructor(private readonly parts: BedMachineParts) {
    const { name, image, booted, ports } = parts;
    [this.name, this.image, this.ports, this.booted, this.spec] = [name, image, ports, booted, parts.path];
    const { prober, control, machine } = booted;
    prober.onFrame = (bytes) => this.take(bytes);
    control.sentinel = sentinelOf(ports.sentinel, ports.closed);
    control.onSentinel = (index) => this.sentinels.get(index)?.();
    control.resets = true;
    this.gone = { promise: goneOf(machine, name) };
    this.path = new BedPath((spec) => this.reroute(spec));
  }

  /** From the start of its process to its first answer, ms. */
  get bootMs(): number {
    return this.booted.bootMs;
  }

  /** Answer its SYN-ACKs with a RST, so that none is sent twice and no connection stays half open; default true. */
  get resets(): boolean {
    return this.booted.control.resets;
  }

  set resets(wanted: boolean) {
    this.booted.control.resets = wanted;
  }

  /** What it printed on its console so far, the last 256 KiB. */
  get console(): string {
    return this.booted.machine.console.toString();
  }

  /**
   * Sends a packet across the path and collects what comes back. Where the path has no stages silence is certain: a
   * sentinel behind the probe was answered and the probe was not. Otherwise it is what `timeoutMs` brought. Probes may
   * be under way at once: each has a source address of its own. Throws MachineFailure when the machine is gone.
   *
   * @example
   * const { response } = await machine.probe(syn({ window: 1024 }));
   * response?.options; // 'M1460,S,T,N,W7'
   */
  async probe(packet: ProbePacket, options: ProbeOptions = {}): Promise<Exchange> {
    const source = addressing.copies + (this.sent++ % sources);
    const responses: Response[] = [];
    const startedAt = performance.now();
    const stop = new AbortController();
    const first = new Promise<void>((resolve) => {
      this.waiting.set(source, (bytes) => {
        responses.push(new Response(bytes, performance.now() - startedAt));
        resolve();
      });
    });
    try {
      this.send(packet, source);
      await Promise.race([this.gone.promise, this.answered(first, options, stop.signal)]);
    } finally {
      stop.abort();
      this.waiting.delete(source);
    }
    return { machine: this.name, probe: packet.text, responses, response: responses[0] };
  }

  /** The machine gives way to another like it that has seen no packet; as long as a boot, or a restore. */
  async renew(): Promise<void> {
    await this.booted.renew();
    this.gone.promise = goneOf(this.booted.machine, this.name);
  }

  /** Lets captures see what crosses the path from now on, or none. */
  watch(): void {
    this.booted.link.path.watch = watchFor(this.name, this.spec, this.parts.captures);
  }

  private send(packet: ProbePacket, source: number): void {
    const { open, closed } = this.ports;
    const { prober } = this.booted;
    const sourcePort = firstSourcePort + (this.sent % 20_000);
    prober.send(emitFrame(packet.frame({ source, sourcePort, open, closed })));
    prober.flush();
  }

  private async answered(first: Promise<void>, options: ProbeOptions, signal: AbortSignal): Promise<void> {
    const { slowdown } = this.parts;
    const certain = !hasStages(this.spec);
    const { timeoutMs = (certain ? patience.certain : patience.path) * slowdown, collectMs = 0 } = options;
    const until = [first, sleep(timeoutMs, signal)];
    if (certain) until.push(this.handled(signal));
    await Promise.race(until);
    if (collectMs > 0) await sleep(collectMs, signal);
  }

  /** Resolves when the machine has handled all that was sent before. */
  private handled(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const used: number[] = [];
      const ask = () => {
        const index = this.sentinel++;
        used.push(index);
        this.sentinels.set(index, resolve);
        this.booted.control.sendSentinel(index);
      };
      const timer = setInterval(ask, sentinelEveryMs);
      signal.addEventListener('abort', () => {
        clearInterval(timer);
        for (const index of used) this.sentinels.delete(index);
      });
      ask();
    });
  }

  private take(bytes: Uint8Array): void {
    if (!isIpv4Frame(bytes)) return;
    this.waiting.get(ipv4Destination(bytes, ethernetHeaderLength))?.(bytes.slice());
  }

  private reroute(spec: PathSpec): void {
    if (this.waiting.size > 0)
      throw new InputError(
        `${this.name}: the path cannot be changed while ${this.waiting.size} probes are under way`,
        {
          remedy: 'await them first',
        },
      );
    this.spec = spec;
    this.booted.link.reroute(spec);
    this.watch();
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
