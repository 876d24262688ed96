import { changesOf } from '../netem/journey/deed-text.js';
import type { Deed, Journey } from '../netem/journey/journey.js';
import { formatIpv4Address } from '../packet/address.js';
import { frameFields } from '../packet/frame-fields.js';
import type { CopyLife, ProbeLife } from '../scenario/explain/life.js';

const fieldsOf = (frame: Uint8Array | undefined) => (frame ? frameFields(frame) : null);

function deedJson(deed: Deed) {
  const { action, value, rewritten } = deed;
  return { action, value, changes: changesOf(deed), ...rewritten };
}

function journeyJson(journey: Journey, response: Journey | undefined): object {
  const { direction, origin, by, ordinal, began, visits, end, left, offspring } = journey;
  return {
    ...{ direction, origin, by: by ?? null, ordinal },
    began: fieldsOf(began),
    stages: visits.map(({ stage, kind, text, deeds }) => ({
      stage,
      kind,
      text,
      decisions: deeds.map(deedJson),
    })),
    ...{ end, left: fieldsOf(left), is_response: journey === response },
    offspring: offspring.map((one) => journeyJson(one, response)),
  };
}

function copyJson({ copy, address, sent, exchange, response }: CopyLife) {
  return {
    ...{ copy, from: formatIpv4Address(address), sent: frameFields(sent) },
    probe: journeyJson(exchange.probe, exchange.response),
    answers: exchange.answers.map((one) => journeyJson(one, exchange.response)),
    answers_unsure: exchange.unsure,
    response: response ? { after_ms: response.afterMs, fields: frameFields(response.frame) } : null,
  };
}

/** A probe's life for programs: what {@link ProbeLife} has, frames as their fields. */
export function lifeJson({ copies, reading, ...life }: ProbeLife): object {
  return { ...life, copies: copies.map(copyJson), summary: reading };
}
