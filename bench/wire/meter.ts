import { GCProfiler, getHeapStatistics } from 'node:v8';

/** What a program spent on what it did. */
export interface Spent {
  /** Processor time of all its threads, microseconds. */
  readonly cpuUs: number;
  /** Bytes allocated, on V8's heap and outside it. */
  readonly allocated: number;
}

/** A program that says when it is ready, begins to be measured when it is told so, and says what it spent. */
export type Told = 'begin' | 'end';
export type Said = { readonly ready: unknown } | { readonly spent: Spent } | { readonly begun: true };

/** V8 counts what lives, and at each collection what lived before and after it: the rises between are what was allocated. */
class Meter {
  private readonly profiler = new GCProfiler();
  private readonly heapBefore = heapNow();
  private readonly cpuBefore = process.cpuUsage();

  constructor() {
    this.profiler.start();
  }

  spent(): Spent {
    const { user, system } = process.cpuUsage(this.cpuBefore);
    let [allocated, heap] = [0, this.heapBefore];
    for (const { beforeGC, afterGC } of this.profiler.stop().statistics) {
      allocated += total(beforeGC.heapStatistics) - heap;
      heap = total(afterGC.heapStatistics);
    }
    return { cpuUs: user + system, allocated: allocated + heapNow() - heap };
  }
}

function total(heap: { readonly usedHeapSize: number; readonly externalMemory: number }): number {
  return heap.usedHeapSize + heap.externalMemory;
}

function heapNow(): number {
  const { used_heap_size: usedHeapSize, external_memory: externalMemory } = getHeapStatistics();
  return total({ usedHeapSize, externalMemory });
}

/** Lets the parent process measure this one, which is ready; ends with the parent. */
export function beMeasured(ready: unknown): void {
  let meter: Meter | undefined;
  const say = (said: Said) => process.send!(said);
  process.on('message', (told: Told) => {
    if (told === 'begin') {
      meter = new Meter();
      say({ begun: true });
    } else if (meter) say({ spent: meter.spent() });
  });
  process.on('disconnect', () => process.exit(0));
  say({ ready });
}
