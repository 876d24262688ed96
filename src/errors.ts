/** A place in a user's file; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Process exit codes of the `stackbed` command: the documented contract of ARCHITECTURE.md. */
export const exitCode = { done: 0, expectationFailed: 1, badInput: 2, cannot: 3, interrupted: 4 } as const;

export interface ErrorDetail {
  readonly place?: Place | undefined;
  /** What the reader can do about it, as one sentence or one command. */
  readonly remedy?: string | undefined;
  readonly cause?: unknown;
}

/** Base of every error Stackbed raises on purpose: one message for people, an exit code for programs. */
export abstract class StackbedError extends Error {
  abstract readonly exitCode: number;
  readonly place: Place | undefined;
  readonly remedy: string | undefined;

  constructor(message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = new.target.name;
    this.place = detail.place;
    this.remedy = detail.remedy;
  }
}

/** Bad usage or bad input: the user's file or arguments must change. */
export class InputError extends StackbedError {
  readonly exitCode = exitCode.badInput;
}

/** Several independent faults in one input, reported together. */
export class InputErrors extends StackbedError {
  readonly exitCode = exitCode.badInput;
  constructor(readonly errors: readonly InputError[]) {
    super(errors.map((error) => error.message).join('\n'));
  }
}

/** The machine Stackbed runs on cannot do what was asked: a program, a permission or a device is missing. */
export class CapabilityError extends StackbedError {
  readonly exitCode = exitCode.cannot;
}

/** The run was stopped by the user; what was measured is kept and the run can be resumed. */
export class InterruptedError extends StackbedError {
  readonly exitCode = exitCode.interrupted;
}

/** One line for people: `file:line:column: message (remedy)`. */
export function formatError(error: StackbedError): string {
  if (error instanceof InputErrors) return error.errors.map(formatError).join('\n');
  const place = error.place ? `${error.place.file}:${error.place.line}:${error.place.column}: ` : '';
  return `${place}${error.message}${error.remedy ? `\n  ${error.remedy}` : ''}`;
}
