import { Command } from 'commander';
import { CapabilityError } from '../errors.js';
import { diagnose } from '../scenario/doctor.js';
import { jsonOption } from './options.js';
import { printJson, printText, table } from './output.js';

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what this machine can do, and what is missing')
    .addOption(jsonOption())
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await diagnose();
      if (json) printJson({ ok: findings.every((finding) => finding.state !== 'missing'), findings });
      else
        printText(
          table(
            ['check', 'state', 'found'],
            findings.map(({ check, state, found }) => [check, state, found]),
          ),
        );
      const missing = findings.filter((finding) => finding.state === 'missing');
      if (missing.length > 0)
        throw new CapabilityError(`missing: ${missing.map((finding) => finding.check).join(', ')}`, {
          remedy: missing.map((finding) => finding.remedy).join('\n  '),
        });
    });
}
