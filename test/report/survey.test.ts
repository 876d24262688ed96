import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/report/html.js';
import { parseResult } from '../../src/report/parse.js';
import type { Result, SurveyResult } from '../../src/report/result.js';
import { renderText } from '../../src/report/text.js';
import { hostileText } from './fixtures/index.js';
import { results } from './fixtures/pages.js';
import { sectionOf, textOf } from './page-reader.js';

const talkative: SurveyResult = {
  ...{ arp: true, ping: true, syn_open: 'syn-ack', syn_closed: 'rst', udp_closed: 'icmp' },
  ...{ source: 'syn-open', ttl: 64, df: true, window: 65_160, options: 'M1460,S,T,N,W7' },
  ...{ window_scale: 7, mss: 1460 },
  ip_id: { syn_open: 'zero', syn_closed: 'zero', ping: 'random' },
};
const pingOnly: SurveyResult = {
  ...{ arp: true, ping: true, syn_open: 'silence', syn_closed: 'silence', udp_closed: 'silence' },
  ...{ source: 'ping', ttl: 255, df: false, window: null, options: null, window_scale: null, mss: null },
  ip_id: { syn_open: null, syn_closed: null, ping: 'incremental' },
};

const [first, second, third] = results.small.machines;
const surveyed: Result = {
  ...results.small,
  machines: [
    { ...first!, survey: talkative, answers: ['arp', 'ping', 'syn-open', 'syn-closed', 'udp-closed'] },
    { ...second!, survey: pingOnly, answers: ['arp', 'syn-closed'], note: 'A loader: it has no TCP.' },
    {
      ...third!,
      status: 'failed',
      failure: { reason: 'the archive no longer holds linux-image', console: [] },
    },
  ],
};

describe('the survey', () => {
  const page = renderReport(surveyed);
  const text = textOf(sectionOf(page, 'survey')).replaceAll(/\s+/g, ' ');

  it('has a row a machine with what it answers', () => {
    expect(text).toContain(
      '2 machines surveyed; 1 failed, with the reason in the last column; 1 answered otherwise than the catalogue says',
    );
    expect(text).toContain('yes yes SYN-ACK RST ICMP 64 set 65,160 M1460,S,T,N,W7 7 1,460');
    expect(text).toMatch(/1,460 zero ?ping random/);
    expect(text).toContain(
      'yes yes – – – 255 ping clear – – – – incremental catalogued but not answered: syn-closed; ' +
        'answered but not catalogued: ping A loader: it has no TCP.',
    );
  });

  it('says why a machine has none', () => {
    expect(text).toContain('failed the archive no longer holds linux-image');
  });

  it('is told in the terminal, with what is not as the catalogue says', () => {
    const lines = renderText(surveyed);
    expect(lines).toContain('Survey      2 machines; 1 did not answer as the catalogue says');
    expect(lines).toContain(': catalogued but not answered: syn-closed; answered but');
    expect(renderText(results.small)).not.toContain('Survey');
  });

  it('is part of the contract, and text in it stays text', () => {
    expect(parseResult(JSON.parse(JSON.stringify(surveyed)), 'result.json')).toEqual(surveyed);
    const hostile = renderReport({
      ...surveyed,
      machines: [{ ...first!, note: hostileText, survey: { ...talkative, options: hostileText } }],
    });
    expect(hostile).not.toContain('<img');
  });

  it('says so when nobody asked for one', () => {
    expect(textOf(sectionOf(renderReport(results.small), 'survey'))).toContain('does not ask for it');
  });
});
