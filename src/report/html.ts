import { createHash } from 'node:crypto';
import { html, type Part, trusted } from './escape.js';
import { formatInstant, plural } from './format.js';
import { script } from './page/script.js';
import type { Section } from './page/section.js';
import { style } from './page/style/index.js';
import type { Result } from './result.js';
import { accuracySection } from './sections/accuracy.js';
import { biasSection } from './sections/bias.js';
import { bootSection } from './sections/boot.js';
import { causesSection } from './sections/causes.js';
import { classesSection } from './sections/classes.js';
import { comparisonsSection } from './sections/comparisons.js';
import { conditionsSection } from './sections/conditions.js';
import { confidenceSection } from './sections/confidence.js';
import { confusionSection } from './sections/confusion.js';
import { determinismSection } from './sections/determinism.js';
import { exampleSection } from './sections/example.js';
import { expectationsSection } from './sections/expectations.js';
import { fleetSection } from './sections/fleet.js';
import { headline } from './sections/headline.js';
import { highValueSection } from './sections/high-value.js';
import { informationSection } from './sections/information.js';
import { movedSection } from './sections/moved.js';
import { ownEstimatesSection } from './sections/own-estimates.js';
import { probeCountSection } from './sections/probe-count.js';
import { responsesSection } from './sections/responses.js';
import { runSection } from './sections/run.js';
import { selectionSection } from './sections/selection.js';
import { surveySection } from './sections/survey.js';
import { toolsSection } from './sections/tools.js';
import { visible } from './visible.js';

const sections: readonly ((result: Result) => Section | undefined)[] = [
  expectationsSection,
  runSection,
  fleetSection,
  bootSection,
  surveySection,
  responsesSection,
  causesSection,
  exampleSection,
  movedSection,
  determinismSection,
  probeCountSection,
  accuracySection,
  comparisonsSection,
  selectionSection,
  toolsSection,
  conditionsSection,
  biasSection,
  confusionSection,
  classesSection,
  confidenceSection,
  ownEstimatesSection,
  informationSection,
  highValueSection,
];

/** Nothing may be fetched, and no script but the page's own may run, whatever the result's strings hold. */
const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'; base-uri 'none'; form-action 'none'`;

function lede(result: Result): string {
  const failed = result.machines.filter((machine) => machine.status === 'failed').length;
  const outcome = failed === 0 ? '' : `; ${failed === result.machines.length ? 'all' : failed} failed`;
  const recorded = result.recorded
    ? ` Nothing was booted: this is the recorded dataset “${result.recorded.name}”.`
    : '';
  return `${plural(result.machines.length, 'machine')}${outcome}. ${plural(result.collection.probes, 'probe')} in ${plural(result.collection.copies, 'copy', 'copies')} each. Seed ${result.seed}. Accelerator ${result.accelerator}. Started ${formatInstant(result.started_at)}.${recorded}`;
}

function contents(parts: readonly Section[]): Part {
  return html`<nav class="contents" aria-label="Contents"><ol>${parts.map(
    ({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`,
  )}</ol></nav>`;
}

/**
 * The report of one run as a single HTML page: styles, drawings and script are inline, and nothing is loaded
 * from anywhere. Every value in it is one of `result` or computed from it, and is escaped.
 */
export function renderReport(result: Result): string {
  const parts = sections.map((section) => section(result)).filter((part) => part !== undefined);
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${visible(result.scenario)} · Stackbed report</title>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="masthead"><p class="kind">Stackbed report</p></header>
<div class="page">
${contents(parts)}
<main id="main">
<h1>${result.scenario}</h1>
<p class="lede">${lede(result)}</p>
${headline(result)}
${parts.map(({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-h"><h2 id="${id}-h">${title}</h2>\n${body}</section>\n`)}
</main>
</div>
<footer><p>Made by Stackbed ${result.stackbed} from the run's <code>result.json</code> alone (${result.schema}).</p></footer>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.toString();
}
