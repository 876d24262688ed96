import type { Duplex } from 'node:stream';

/** A message of QEMU's monitor protocol. */
interface Message {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
  readonly event?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

interface Waiter {
  readonly resolve: (message: Message) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The monitor of one QEMU process (QEMU Machine Protocol): commands are answered in order, events come in
 * between. Everything that waits is rejected when the process goes.
 */
export class Qmp {
  private unread = '';
  private ended: Error | undefined;
  private readonly commands: Waiter[] = [];
  private readonly watchers = new Set<{ test: (message: Message) => boolean } & Waiter>();

  /** @param stream the monitor's end of a socket, from its first byte on */
  constructor(private readonly stream: Duplex) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => this.read(text));
    stream.on('error', () => this.end());
    stream.on('close', () => this.end());
  }

  /** Runs a command; throws an Error with QEMU's own words when it is refused. */
  async execute(command: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const answer = await new Promise<Message>((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      this.commands.push({ resolve, reject });
      this.stream.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    });
    if (answer.error) throw new Error(`${command}: ${answer.error.desc}`);
    return answer.return;
  }

  /** Resolves with the data of the next event `name` that `test` accepts. */
  async event(
    name: string,
    test: (data: Readonly<Record<string, unknown>>) => boolean,
  ): Promise<Readonly<Record<string, unknown>>> {
    const message = await new Promise<Message>((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      this.watchers.add({ test: ({ event, data }) => event === name && test(data ?? {}), resolve, reject });
    });
    return message.data ?? {};
  }

  private read(text: string): void {
    const lines = (this.unread + text).split('\n');
    this.unread = lines.pop() ?? '';
    for (const line of lines) {
      const message = JSON.parse(line) as Message;
      if (message.event !== undefined) this.notify(message);
      else if (message.return !== undefined || message.error) this.commands.shift()?.resolve(message);
    }
  }

  private notify(message: Message): void {
    for (const watcher of [...this.watchers]) {
      if (!watcher.test(message)) continue;
      this.watchers.delete(watcher);
      watcher.resolve(message);
    }
  }

  private end(): void {
    if (this.ended) return;
    this.ended = new Error('QEMU closed its monitor');
    for (const waiter of [...this.commands, ...this.watchers]) waiter.reject(this.ended);
    this.commands.length = 0;
    this.watchers.clear();
  }
}
