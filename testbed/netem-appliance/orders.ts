import type { Duplex } from 'node:stream';
import type { Outcome } from '../../src/netem/compile/command.js';

interface Waiter {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: Error) => void;
}

function words(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length);
  for (const [at, value] of numbers.entries()) bytes.writeUInt32BE(value, 4 * at);
  return bytes;
}

const sized = (data: Buffer): Buffer => Buffer.concat([words([data.length]), data]);

/** @param seconds that the program may take */
export function encodeOrder(argv: readonly string[], stdin: string, seconds: number): Buffer {
  const texts = [stdin, ...argv].map((text) => sized(Buffer.from(text)));
  return sized(Buffer.concat([words([seconds]), ...texts]));
}

function decodeAnswer(data: Buffer): Outcome {
  const middle = 8 + data.readUInt32BE(4);
  return {
    exitCode: data.readUInt32BE(0),
    stdout: data.toString('utf8', 8, middle),
    stderr: data.toString('utf8', middle + 4),
  };
}

/** The host's end of the appliance's port for orders, in the form that images/guest/netem-appliance.pl has. */
export class Orders {
  private unread = Buffer.alloc(0);
  private ended: Error | undefined;
  private readonly answers: Outcome[] = [];
  private readonly waiting: Waiter[] = [];

  constructor(private readonly stream: Duplex) {
    stream.on('data', (chunk: Buffer) => this.read(chunk));
    stream.on('error', () => this.end(new Error('its port for orders was closed')));
    stream.on('close', () => this.end(new Error('its port for orders was closed')));
  }

  /** The first answer comes unasked. */
  answer(): Promise<Outcome> {
    const here = this.answers.shift();
    if (here) return Promise.resolve(here);
    return new Promise((resolve, reject) => {
      if (this.ended) reject(this.ended);
      else this.waiting.push({ resolve, reject });
    });
  }

  /** Runs a program; those that are asked for at once run one after another. */
  run(argv: readonly string[], stdin: string, seconds: number): Promise<Outcome> {
    this.stream.write(encodeOrder(argv, stdin, seconds));
    return this.answer();
  }

  /** Nothing will be answered any more: whoever waits hears why. */
  end(reason: Error): void {
    this.ended ??= reason;
    for (const { reject } of this.waiting.splice(0)) reject(this.ended);
  }

  private read(chunk: Buffer): void {
    this.unread = Buffer.concat([this.unread, chunk]);
    while (this.unread.length >= 4) {
      const end = 4 + this.unread.readUInt32BE(0);
      if (this.unread.length < end) return;
      const outcome = decodeAnswer(this.unread.subarray(4, end));
      this.unread = this.unread.subarray(end);
      const next = this.waiting.shift();
      if (next) next.resolve(outcome);
      else this.answers.push(outcome);
    }
  }
}
