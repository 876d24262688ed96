import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/html.js';
import { parseResult } from '../../src/report/parse.js';
import type { Result } from '../../src/report/result.js';
import { renderText } from '../../src/report/text.js';
import { hostileText } from './fixtures/index.js';
import { results } from './fixtures/pages.js';
import { sectionOf, textOf } from './page-reader.js';

const base = results.small;
const varied: Result = {
  ...base,
  machines: base.machines.map((machine, index) => ({
    ...machine,
    hardware: { ...machine.hardware, machine: 'q35', cpu: 'EPYC' },
    configuration: { name: index === 0 ? 'hardened' : 'stock', sysctls: { 'net.ipv4.tcp_timestamps': '0' } },
    application: { name: 'low-mss', socket: { maxseg: 536 } },
    behaviour_class: index === 0 ? 'A' : 'B',
  })),
  experiments: [{ ...base.experiments[0]!, hierarchy: 'behaviour', level: 0 }],
  moved: [
    {
      image: 'linux-5.10',
      cause: 'ram',
      machines: 3,
      fields: [
        {
          field: 'tcp.options.wscale',
          probes: 17,
          probe: 4,
          values: [
            { setting: '128M', value: '4' },
            { setting: '256M', value: '5' },
            { setting: '512M', value: '5' },
          ],
        },
      ],
    },
    { image: 'linux-6.12', cause: 'ram', machines: 2, fields: [] },
  ],
};

describe('the page of a fleet that was varied', () => {
  const page = renderReport(varied);

  it('says configuration, application and class of each machine, and how many classes there are', () => {
    const fleet = textOf(sectionOf(page, 'fleet'));
    for (const text of ['hardened', 'low-mss', 'q35, EPYC', 'Behaviour class']) expect(fleet).toContain(text);
    expect(fleet).toMatch(/behaviour\s*0\s*2\s*B\s*2\s*A\s*1/);
    expect(textOf(page)).toMatch(/2\s*behaviour classes/);
    expect(renderText(varied)).toContain('2 behaviour classes');
  });

  it('shows what moved, values together with the settings that gave them', () => {
    const text = textOf(sectionOf(page, 'moved'));
    expect(text).toContain('Compared: 5 machines of 2 images');
    expect(text).toContain('It moved nothing in linux-6.12.');
    expect(text).toMatch(/tcp\.options\.wscale\s*17\s*#4\s*4 128M\s*5 256M, 512M/);
  });

  it('scores by behaviour in a panel of its own, with one level', () => {
    const text = textOf(sectionOf(page, 'accuracy'));
    expect(text).toContain('Behaviour classes');
    expect(text).not.toContain('level 1');
  });
});

it('a result without variation, as older versions wrote it, is read and shown without its columns', () => {
  const page = renderReport(parseResult(JSON.parse(JSON.stringify(base)), 'result.json'));
  expect(textOf(sectionOf(page, 'fleet'))).not.toContain('Configuration, application');
  expect(textOf(sectionOf(page, 'moved'))).toContain('differ in a single thing');
  expect(renderText(base)).not.toContain('behaviour class');
});

it('hostile names of settings stay text', () => {
  const { machines } = varied;
  const moved = varied.moved!.map((one) => ({
    ...one,
    image: hostileText,
    fields: one.fields.map((field) => ({ ...field, values: [{ setting: hostileText, value: hostileText }] })),
  }));
  const named = machines.map((machine) => ({
    ...machine,
    behaviour_class: hostileText,
    configuration: { name: hostileText, sysctls: {} },
  }));
  const page = renderReport({ ...varied, machines: named, moved });
  expect(page).not.toContain('<img');
  expect(page.match(/<\/script>/g)).toHaveLength(1);
});
