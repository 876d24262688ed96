import type { PullProgress } from '../../images/progress.js';
import type { OnRunEvent, RunEvent } from '../scenario/events.js';
import { formatBytes, formatSeconds } from './output.js';

/** Where progress goes: standard error, so that standard output stays the result's. */
export interface ProgressSink {
  write(text: string): void;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** One line for people about an image being pulled, or undefined where there is nothing to say. */
function describePull(progress: PullProgress): string | undefined {
  switch (progress.kind) {
    case 'index':
      return `reading the package index of ${progress.suites.length} suites`;
    case 'holdings':
      return `asking the archive whether it holds ${progress.files} files`;
    case 'suite-unavailable':
      return `suite ${progress.suite} is left out: ${progress.reason}`;
    case 'download':
      return `${progress.id}: downloading, ${formatBytes(progress.received)} of ${formatBytes(progress.total)}`;
    case 'install':
      return `installing ${progress.packages.join(', ')} to build ${progress.id}`;
    case 'not-held':
      return `${progress.id}: the archive lists it but no longer holds ${progress.packages.join(', ')}; trying ${progress.next}`;
    case 'build':
      return `${progress.id}: building it`;
    case 'convert':
      return `${progress.id}: reading and converting its disk`;
    case 'waiting':
      return `${progress.id}: waiting for process ${progress.pid}, which uses the store`;
    case 'differs':
      return `${progress.id}: built again, but not the same as what was locked (${progress.locked.slice(0, 12)}); another compiler?`;
    case 'ready':
      return progress.fromStore ? undefined : `${progress.id}: ready (${progress.digest.slice(0, 12)})`;
  }
}

/** Plain lines about pulls: a download is told once an image, not at every step. */
export class PullLines {
  private readonly downloading = new Set<string>();

  line(progress: PullProgress): string | undefined {
    if (progress.kind === 'download') {
      if (this.downloading.has(progress.id)) return undefined;
      this.downloading.add(progress.id);
      return `${progress.id}: downloading ${formatBytes(progress.total)}`;
    }
    return describePull(progress);
  }
}

const redrawMs = 100;

/** Progress of a run as JSON, a line an event, for programs. */
export class JsonProgress {
  constructor(private readonly sink: ProgressSink) {}

  readonly onEvent: OnRunEvent = (event) => {
    this.sink.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
  };

  end(): void {}
}

/** Progress of a run: a live block on a terminal, one plain line an event otherwise. */
export class RunProgress {
  private readonly active = new Map<string, string>();
  private fleet = { machines: 0, done: 0, failed: 0, before: 0, begunAt: 0 };
  private readonly pulls = new PullLines();
  private learning = '';
  private drawnLines = 0;
  private lastDraw = 0;
  private readonly startedAt = performance.now();

  constructor(private readonly sink: ProgressSink) {}

  readonly onEvent: OnRunEvent = (event) => {
    const line = this.take(event);
    if (line !== undefined) this.print(line);
    this.draw(line !== undefined);
  };

  /** Takes the live block away; call before anything else is printed. */
  end(): void {
    this.erase();
    this.active.clear();
    this.fleet.machines = 0;
  }

  private take(event: RunEvent): string | undefined {
    switch (event.kind) {
      case 'images':
        return `${event.wanted} images`;
      case 'image':
        return this.image(event.progress);
      case 'accelerator':
        return `accelerator: ${event.accelerator} (${event.reason})`;
      case 'pilot':
        return `pilot: ${event.probes.toLocaleString('en')} probes to each of ${event.machines} machines`;
      case 'selected': {
        const { of, all, kept } = event.pairs;
        return `selected ${event.kept} of ${event.of.toLocaleString('en')} probes: they tell ${kept} of the pilot's ${of} pairs of machines apart, all probes ${all}`;
      }
      case 'begin':
        this.fleet = {
          ...{ machines: event.machines, done: event.done, failed: 0 },
          ...{ before: event.done, begunAt: performance.now() },
        };
        return `${event.machines - event.done} machines to measure, ${event.jobs} at once; results in ${event.folder}`;
      case 'cold':
        return `${event.machines} of them booted cold all the same: ${event.reason}`;
      case 'booting':
        this.active.set(event.machine, 'booting');
        return undefined;
      case 'ready':
        this.active.set(event.machine, `booted in ${event.bootMs.toFixed(0)} ms`);
        return undefined;
      case 'probing':
        this.active.set(event.machine, `probing, ${Math.floor((100 * event.done) / event.total)} %`);
        return undefined;
      case 'measured': {
        this.active.delete(event.machine);
        this.fleet.done++;
        const rate = Math.round(event.probesPerS).toLocaleString('en');
        return `${this.count()} ${event.machine}: ${event.received} answers to ${event.sent} packets, ${rate} packets/s`;
      }
      case 'failed':
        this.active.delete(event.machine);
        this.fleet.done++;
        this.fleet.failed++;
        return [
          `${this.count()} ${event.machine}: FAILED, ${event.reason}${event.console.length > 0 ? '; the end of its console:' : ''}`,
          ...event.console.slice(-8).map((text) => `      | ${text}`),
        ].join('\n');
      case 'learning':
        this.learning = `learning, ${event.done} of ${event.total} experiments`;
        return event.done === event.total ? `${event.total} experiments evaluated` : undefined;
    }
  }

  private image(progress: PullProgress): string | undefined {
    if (progress.kind === 'ready') this.active.delete(progress.id);
    if (progress.kind !== 'download' || !this.sink.isTTY) return this.pulls.line(progress);
    this.active.set(progress.id, describePull(progress)!.slice(progress.id.length + 2));
    return undefined;
  }

  /** From the machines that this session finished, once there are three. */
  private remaining(): string {
    const { machines, done, before, begunAt } = this.fleet;
    const finished = done - before;
    if (finished < 3) return '';
    const seconds = (performance.now() - begunAt) / 1000 / finished;
    return `, about ${formatSeconds(seconds * (machines - done))} left`;
  }

  private count(): string {
    const width = String(this.fleet.machines).length;
    return `[${String(this.fleet.done).padStart(width)}/${this.fleet.machines}]`;
  }

  private print(line: string): void {
    this.erase();
    this.sink.write(`${line}\n`);
  }

  private draw(force: boolean): void {
    if (!this.sink.isTTY || (!force && performance.now() - this.lastDraw < redrawMs)) return;
    this.lastDraw = performance.now();
    this.erase();
    const { machines, done, failed } = this.fleet;
    const elapsed = ((performance.now() - this.startedAt) / 1000).toFixed(0);
    const lines = [...this.active].map(([name, state]) => `  ${name}: ${state}`);
    if (machines > 0 && done < machines)
      lines.push(
        `  ${done} of ${machines} machines${failed > 0 ? `, ${failed} failed` : ''}, ${elapsed} s${this.remaining()}`,
      );
    else if (this.learning !== '' && machines > 0) lines.push(`  ${this.learning}`);
    const width = (this.sink.columns ?? 80) - 1;
    for (const line of lines) this.sink.write(`${line.slice(0, width)}\n`);
    this.drawnLines = lines.length;
  }

  private erase(): void {
    if (this.drawnLines > 0) this.sink.write(`\u001b[${this.drawnLines}A\u001b[J`);
    this.drawnLines = 0;
  }
}
