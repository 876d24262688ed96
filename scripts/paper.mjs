// Runs the scenarios of the paper from their recorded datasets, and writes docs/paper.json and docs/paper.md of what they
// give. With names (`npm run paper -- fig4-overfitting`) these alone are run anew.
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const dist = (path) => import(new URL(`../dist/src/${path}`, import.meta.url).href);
const [{ readScenario }, { runFromRecorded }, { paperPage }] = await Promise.all([
  dist('scenario/read.js'),
  dist('scenario/recorded/take.js'),
  dist('report/paper-page.js'),
]);

const folder = 'scenarios/paper';
const stored = 'docs/paper.json';
/** The two that are fleets rather than figures. */
const fleets = ['fleet-329', 'full'];
const wanted = process.argv.slice(2);
const before = existsSync(stored) ? JSON.parse(await readFile(stored, 'utf8')) : [];
const names = (await readdir(folder))
  .map((name) => name.replace('.scenario.yaml', ''))
  .filter((name) => !fleets.includes(name))
  .sort();
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no scenario of the paper is called ${unknown.join(', ')}; there are: ${names.join(', ')}`);
  process.exit(2);
}

const figures = [];
for (const name of names) {
  const file = `${folder}/${name}.scenario.yaml`;
  const known = before.find((one) => one.name === name);
  if (wanted.length > 0 && !wanted.includes(name)) {
    if (known) figures.push(known);
    continue;
  }
  const read = await readScenario(file);
  const { description, recorded } = read.scenario;
  const figure = { name, file, description };
  if (existsSync(join('recorded', recorded ?? name, 'recorded.json'))) {
    const runs = await mkdtemp(join(tmpdir(), 'stackbed-paper-'));
    try {
      const started = performance.now();
      const { result } = await runFromRecorded({
        ...{ read, from: 'recorded', root: runs, signal: new AbortController().signal, onEvent: () => {} },
      });
      console.error(`${name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
      figure.outcome = {
        command: result.command,
        machines: result.dataset.machines,
        ...{ probes: result.collection.probes, copies: result.collection.copies },
        ...{ digest: result.dataset.digest, measured: result.recorded.command },
        findings: result.expectations ?? [],
      };
    } finally {
      await rm(runs, { recursive: true, force: true });
    }
  }
  figures.push(figure);
}
await writeFile(stored, `${JSON.stringify(figures, null, 2)}\n`);
await writeFile('docs/paper.md', paperPage(figures));
