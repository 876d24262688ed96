import { InterruptedError } from '../errors.js';
import type { Direction } from '../netem/flow.js';
import { ethernetEtherType, ethernetHeaderLength, etherType } from '../packet/ethernet.js';
import { checkIpv4Length, ipv4Destination } from '../packet/ipv4.js';
import { addressing, maximumCopies } from './addressing.js';
import { Batch } from './batch.js';
import { type Collection, type CollectOptions, SilentMachine } from './collection.js';
import { answers } from './match.js';
import { readdress } from './send-copy.js';
import { listedOrder, type SendOrder } from './send-order.js';
import { SendWindow } from './send-window.js';
import { sentinelOf } from './sentinel.js';

const largestBatch = 64;
/** A queueing discipline in the machine may let a sentinel's answer overtake others: the end waits for quiet. */
const quietMs = 100;
const sentinelTries = 4;

/**
 * Sends every copy of every probe, or a part of them, and gives each answer to its probe and copy. After each batch has
 * left the path a *sentinel* follows it, a SYN to a closed port: a machine handles its packets in order, so
 * the sentinel's RST proves that all of the batch were handled, and silence costs no timeout. For a machine
 * that sends no RST it is an ICMP echo, or an ARP request, with the same proof in its answer. Throws
 * SilentMachine when sentinels stay unanswered, InterruptedError when the signal aborts.
 */
export async function collect(options: CollectOptions): Promise<Collection> {
  const collector = new Collector(options);
  try {
    return await collector.run();
  } finally {
    collector.detach();
  }
}

class Collector {
  private readonly total: number;
  private readonly order: SendOrder;
  /** Places of the order: the first that is sent, and the one behind the last. */
  private readonly from: number;
  private readonly to: number;
  private readonly batchSize: number;
  private readonly window: SendWindow;
  private readonly batches: Batch[] = [];
  private readonly scratch = new Uint8Array(2048);
  private readonly startedAt = performance.now();
  /** The next place to be sent. */
  private next: number;
  private received = 0;
  private repeated = 0;
  private unmatched = 0;
  private late = 0;
  private sentinelsLost = 0;
  private resent = 0;
  private firstOpen = 0;
  private lastArrival = performance.now();
  private settlingSince: number | undefined;
  private settling: NodeJS.Timeout | undefined;
  private finish: ((error?: Error) => void) | undefined;

  constructor(private readonly options: CollectOptions) {
    const { frames, copies, part } = options;
    this.total = frames.length * copies;
    if (this.total > maximumCopies)
      throw new RangeError(`${this.total} probe copies are more than the ${maximumCopies} addresses`);
    this.order = options.order ?? listedOrder(frames.length, copies);
    this.from = part?.from ?? 0;
    this.to = part?.to ?? this.total;
    this.next = this.from;
    this.batchSize = Math.min(largestBatch, options.window);
    this.window = new SendWindow(options.window, this.batchSize);
  }

  async run(): Promise<Collection> {
    const { prober, link, control, signal, reset } = this.options;
    const interruption = () => new InterruptedError('probing was interrupted', { cause: signal?.reason });
    if (signal?.aborted) throw interruption();
    prober.onFrame = (frame) => this.arrived(frame);
    link.path.places = this.order.places;
    control.resets = reset;
    control.sentinel = sentinelOf(this.options.sentinel ?? 'syn', this.options.closedPort);
    control.onSentinel = (index) => this.sentinelReturned(index);
    link.path.observer = {
      entered: (direction, _frame, prober) => this.moved(direction, prober, 1),
      left: (direction, _frame, prober) => this.moved(direction, prober, -1),
    };
    const done = new Promise<void>((resolve, reject) => {
      this.finish = (error) => (error ? reject(error) : resolve());
    });
    const interrupted = () => this.finish?.(interruption());
    signal?.addEventListener('abort', interrupted, { once: true });
    const watch = setInterval(() => this.watch(), Math.min(250, this.options.timeoutMs / 4));
    try {
      this.pump();
      await done;
    } finally {
      clearInterval(watch);
      clearTimeout(this.settling);
      signal?.removeEventListener('abort', interrupted);
    }
    const { received, repeated, unmatched, late, sentinelsLost, resent } = this;
    const durationMs = this.lastArrival - this.startedAt;
    const sent = this.next - this.from;
    return { sent, received, repeated, unmatched, late, sentinelsLost, resent, durationMs };
  }

  detach(): void {
    const { prober, link, control } = this.options;
    prober.onFrame = undefined;
    control.sentinel = undefined;
    control.onSentinel = undefined;
    link.path.observer = undefined;
  }

  private pump(): void {
    while (this.next < this.to && this.batches.length - this.firstOpen < this.window.batches)
      this.sendBatch();
    if (this.firstOpen === this.batches.length && this.next === this.to) this.settle();
  }

  /** Ends the collection once nothing has arrived for a while, at the latest when patience is over. */
  private settle(): void {
    const now = performance.now();
    this.settlingSince ??= now;
    const quietFor = now - this.lastArrival;
    const quiet = quietFor >= quietMs && this.options.link.path.held === 0;
    if (quiet || now - this.settlingSince >= this.options.timeoutMs) this.finish?.();
    else this.settling = setTimeout(() => this.settle(), Math.max(1, quietMs - quietFor));
  }

  private sendBatch(): void {
    const index = this.batches.length;
    this.batches.push(new Batch());
    const end = Math.min(this.to, this.next + this.batchSize);
    const copies = this.order.sequence.subarray(this.next, end);
    this.next = end;
    this.submit(index, copies);
  }

  private submit(index: number, copies: Uint32Array): void {
    const { frames, prober } = this.options;
    for (const copy of copies) {
      const template = frames[copy % frames.length]!;
      const frame = this.scratch.subarray(0, template.length);
      frame.set(template);
      readdress(frame, copy);
      prober.send(frame);
    }
    const batch = this.batches[index]!;
    batch.submitted = true;
    if (batch.wantsSentinel) this.sendSentinel(index);
  }

  /** Sends again what a machine may have lost together with the sentinel behind it; false when there is nothing. */
  private resend(index: number): boolean {
    const batch = this.batches[index]!;
    const { answered, frames } = this.options;
    if (!answered || batch.sentinels === 1 || batch.resends === sentinelTries) return false;
    const from = this.from + index * this.batchSize;
    const places = this.order.sequence.subarray(from, Math.min(this.to, from + this.batchSize));
    const lost = places.filter((copy) => !answered(copy % frames.length, Math.floor(copy / frames.length)));
    if (lost.length === 0) return false;
    batch.reopen();
    this.resent += lost.length;
    this.submit(index, lost);
    return true;
  }

  private sendSentinel(index: number): void {
    const batch = this.batches[index]!;
    batch.sentinels++;
    batch.sentinelAt = performance.now();
    this.options.control.sendSentinel(index);
  }

  /** Counts a batch's packets in the path; forward packets are the probes, reverse ones their answers. */
  private moved(direction: Direction, prober: number, change: 1 | -1): void {
    const index = this.batchOf(this.order.places[prober - addressing.copies] ?? -1);
    const batch = this.batches[index];
    if (!batch) return;
    batch.moved(direction, change);
    if (batch.wantsSentinel) this.sendSentinel(index);
    this.closeWhenDone(batch);
  }

  private sentinelReturned(index: number): void {
    const batch = this.batches[index];
    if (!batch || batch.returned) return;
    this.lastArrival = performance.now();
    if (this.resend(index)) return;
    batch.returned = true;
    if (batch.sentinels === 1) this.window.returned();
    this.closeWhenDone(batch);
  }

  private closeWhenDone(batch: Batch): void {
    if (!batch.canClose) return;
    batch.closed = true;
    while (this.batches[this.firstOpen]?.closed) this.firstOpen++;
    this.options.onProgress?.(Math.min(this.to, this.from + this.firstOpen * this.batchSize));
    this.pump();
  }

  private arrived(frame: Uint8Array): void {
    this.lastArrival = performance.now();
    if (ethernetEtherType(frame, 0) !== etherType.ipv4 || !checkIpv4Length(frame, ethernetHeaderLength))
      return;
    const index = ipv4Destination(frame, ethernetHeaderLength) - addressing.copies;
    const { frames, onResponse } = this.options;
    if (!this.wasSent(index) || !answers(frame, frames[index % frames.length]!)) {
      this.unmatched++;
      return;
    }
    const copy = Math.floor(index / frames.length);
    if (!onResponse(index % frames.length, copy, frame, performance.now() - this.startedAt)) {
      this.repeated++;
      return;
    }
    this.received++;
    if (this.batches[this.batchOf(this.order.places[index]!)]!.closed) this.late++;
  }

  private wasSent(copy: number): boolean {
    const place = this.order.places[copy] ?? -1;
    return place >= this.from && place < this.next;
  }

  /** The number of the batch in which the copy of a place goes. */
  private batchOf(place: number): number {
    return Math.floor((place - this.from) / this.batchSize);
  }

  private watch(): void {
    const now = performance.now();
    for (let index = this.firstOpen; index < this.batches.length; index++) {
      const batch = this.batches[index]!;
      if (batch.returned || batch.sentinels === 0 || now - batch.sentinelAt < this.options.timeoutMs)
        continue;
      if (batch.sentinels >= sentinelTries)
        this.finish?.(new SilentMachine(this.from + this.firstOpen * this.batchSize));
      else {
        this.sentinelsLost++;
        this.window.lost();
        this.sendSentinel(index);
      }
    }
  }
}
