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

/** What was found against what the catalogue says: `catalogued but not answered: ping`. */
export function surprises({ survey, answers }: MachineResult): string[] {
  if (!survey || !answers) return [];
  const found = answered(survey);
  const missing = answers.filter((kind) => !found.has(kind));
  const beyond = [...found].filter((kind) => !answers.includes(kind));
  return [
    ...(missing.length > 0 ? [`catalogued but not answered: ${missing.join(', ')}`] : []),
    ...(beyond.length > 0 ? [`answered but not catalogued: ${beyond.join(', ')}`] : []),
  ];
}
