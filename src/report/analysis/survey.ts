import type { MachineResult, SurveyResult } from '../result.js';

type Answer = NonNullable<MachineResult['answers']>[number];

function answered({ arp, ping, ...survey }: SurveyResult): ReadonlySet<Answer> {
  const kinds: readonly (readonly [Answer, boolean])[] = [
    ['arp', arp],
    ['ping', ping],
    ['syn-open', survey.syn_open === 'syn-ack'],
    ['syn-closed', survey.syn_closed === 'rst'],
    ['udp-closed', survey.udp_closed === 'icmp'],
  ];
  return new Set(kinds.flatMap(([kind, is]) => (is ? [kind] : [])));
}

/** What was found against what the catalogue says: `it should answer ping`. */
export function surprises({ survey, answers }: MachineResult): string[] {
  if (!survey || !answers) return [];
  const found = answered(survey);
  const missing = answers.filter((kind) => !found.has(kind));
  const beyond = [...found].filter((kind) => !answers.includes(kind));
  return [
    ...(missing.length > 0 ? [`the catalogue says that it answers ${missing.join(', ')}`] : []),
    ...(beyond.length > 0 ? [`the catalogue does not say that it answers ${beyond.join(', ')}`] : []),
  ];
}
