import { Command, CommanderError } from 'commander';
import { exitCode, InterruptedError, StackbedError } from '../errors.js';
import { version } from '../version.js';
import { formatWithExcerpt } from './caret.js';
import { classifyCommand } from './classify.js';
import { compileCommand } from './compile.js';
import { completionCommand } from './completion.js';
import { diffCommand } from './diff.js';
import { doctorCommand } from './doctor.js';
import { evaluateCommand } from './evaluate.js';
import { explainCommand } from './explain.js';
import { explainModelCommand } from './explain-model.js';
import { exportCommand } from './export.js';
import { gainCommand } from './gain.js';
import { imagesCommand } from './images.js';
import { initCommand } from './init.js';
import { inspectCommand } from './inspect.js';
import { labCommand, leftoversCommand } from './lab.js';
import { manualCommand } from './manual.js';
import { mergeCommand } from './merge.js';
import { nmapCommand } from './nmap.js';
import { planCommand } from './plan.js';
import { recordCommand } from './record.js';
import { reportCommand } from './report.js';
import { runCommand } from './run.js';
import { schemaCommand } from './schema.js';
import { trainCommand } from './train.js';
import { validateCommand } from './validate.js';
import { watchCommand } from './watch.js';

const internalError = 70;

const exitCodesHelp = `
Exit codes:
  0  done
  1  the scenario ran and a stated expectation failed
  2  bad usage or bad input
  3  this machine cannot do what was asked (a program or a permission is missing)
  4  interrupted; the run can be resumed`;

/** The whole command line, for the program and for its tests. */
export function buildProgram(): Command {
  const program = new Command('stackbed')
    .description('A hermetic testbed with a simulated network for OS fingerprinting')
    .version(version)
    .showHelpAfterError('(stackbed --help lists the verbs)')
    .addHelpText('after', exitCodesHelp);
  for (const command of [
    initCommand(),
    runCommand(),
    watchCommand(),
    planCommand(),
    validateCommand(),
    compileCommand(),
    evaluateCommand(),
    explainModelCommand(),
    gainCommand(),
    trainCommand(),
    classifyCommand(),
    exportCommand(),
    mergeCommand(),
    recordCommand(),
    reportCommand(),
    diffCommand(),
    explainCommand(),
    inspectCommand(),
    nmapCommand(),
    imagesCommand(),
    labCommand(),
    leftoversCommand(),
    doctorCommand(),
    schemaCommand(),
    completionCommand(() => program),
    manualCommand(() => program),
  ])
    program.addCommand(command);
  const quiet = (command: Command): void => {
    command.exitOverride();
    for (const child of command.commands) quiet(child);
  };
  quiet(program);
  return program;
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.badInput;
  if (error instanceof StackbedError) {
    process.stderr.write(`${formatWithExcerpt(error)}\n`);
    return error.exitCode;
  }
  if (error instanceof Error && error.name === 'AbortError') {
    process.stderr.write('interrupted\n');
    return exitCode.interrupted;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`stackbed: internal error: ${message}\n`);
  if (process.env.STACKBED_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else process.stderr.write('  set STACKBED_DEBUG=1 to see where; please report it\n');
  return internalError;
}

/** Runs the command line and sets the process's exit code; never throws. */
export async function run(argv: readonly string[]): Promise<void> {
  // A reader that went away (`stackbed ... | head`) is not an error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    await buildProgram().parseAsync([...argv]);
  } catch (error) {
    process.exitCode = report(error);
    if (error instanceof InterruptedError) process.exit();
  }
}
