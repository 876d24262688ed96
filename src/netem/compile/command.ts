/** A program to run where the packets pass: absolute path and arguments, and what it reads. */
export interface Command {
  readonly argv: readonly [program: string, ...rest: string[]];
  readonly stdin?: string | undefined;
}

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command in the appliance or in a namespace of the host. Does not throw where the command fails. */
export type Executor = (argv: readonly string[], stdin?: string) => Promise<Outcome>;

/** A command as a shell would take it, for people. */
export function commandText({ argv, stdin }: Command): string {
  const words = argv.map((word) => (/^[\w./:%@=+-]+$/.test(word) ? word : `'${word}'`)).join(' ');
  return stdin === undefined ? words : `${words} <<'END'\n${stdin}END`;
}
