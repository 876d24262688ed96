import { findProgram } from '../../testbed/program.js';

/** Whether network namespaces can be made here; says why not, so that a skipped test is seen. */
export const canMakeNamespaces = process.geteuid?.() === 0 && (await findProgram('ip')) !== undefined;

if (!canMakeNamespaces) process.stderr.write('skipped for want of root or iproute2: tests of the lab\n');
