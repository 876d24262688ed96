import type { Result } from './result.js';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
// Characters that XML 1.0 does not allow at all are left out.
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is meant
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const escaped = (text: string) =>
  text.replace(forbidden, '').replace(/[&<>"]/g, (character) => entities[character]!);

const shown = (values: readonly { name: string; value: number | null; text?: string | undefined }[]) =>
  values.map(({ name, value, text }) => `${name}: ${value ?? text ?? 'none'}`).join('\n');

/**
 * Findings and machines of a run as JUnit XML, for what shows tests in CI: a finding that does not hold is a failure,
 * one that cannot be judged and a machine that was not measured is an error.
 */
export function junitXml({ scenario, started_at, expectations = [], machines }: Result): string {
  const cases = [
    ...machines.map(({ id, failure }) => ({
      name: `${id} is measured`,
      fault: failure && { kind: 'error', message: failure.reason, text: failure.console.join('\n') },
    })),
    ...expectations.map(({ finding, holds, fault, expression, values }) => ({
      name: finding,
      fault:
        holds === true
          ? undefined
          : {
              kind: holds === null ? 'error' : 'failure',
              message: fault ?? 'does not hold',
              text: [expression, shown(values)].join('\n'),
            },
    })),
  ];
  const count = (kind: string) => cases.filter(({ fault }) => fault?.kind === kind).length;
  const body = cases.map(({ name, fault }) => {
    const head = `    <testcase classname="${escaped(scenario)}" name="${escaped(name)}"`;
    if (!fault) return `${head}/>`;
    const { kind, message, text } = fault;
    return `${head}>\n      <${kind} message="${escaped(message)}">${escaped(text)}</${kind}>\n    </testcase>`;
  });
  const totals = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="stackbed" ${totals}>`,
    `  <testsuite name="${escaped(scenario)}" ${totals} timestamp="${escaped(started_at)}">`,
    ...body,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
