import type { Answer, BootableImage } from '../../images/index.js';
import type { SentinelKind } from '../../src/probe/sentinel.js';
import type { Machine } from '../machine.js';
import { arpAnswers, pingAnswers } from './answers.js';
import { consoleReady } from './console-line.js';
import { dialogueHeld } from './dialogue.js';
import type { Readiness } from './readiness.js';
import { tcpAnswers } from './tcp-answer.js';

/** What is known to be answered; a kernel in an emulator answers everything. */
const answersOf = ({ process }: BootableImage): readonly Answer[] =>
  process?.answers ?? ['arp', 'ping', 'syn-open', 'syn-closed', 'udp-closed'];

/** The sentinels that a machine of an image answers: the RST of a SYN where it sends one. */
export function sentinelKindOf(image: BootableImage): SentinelKind {
  const answers = answersOf(image);
  if (answers.includes('syn-closed')) return 'syn';
  return answers.includes('ping') ? 'ping' : 'arp';
}

/** What must come to pass, in order, before a machine can be probed. */
export function readinessOf({ spec, dialogue = [] }: Machine): Readiness[] {
  const { image, openPorts } = spec;
  const answers = answersOf(image);
  const ready = image.process?.ready ?? 'console';
  const tcp = tcpAnswers(openPorts[0]!);
  const answer = {
    arp: arpAnswers,
    ping: pingAnswers,
    tcp,
    console: answers.includes('syn-open') ? tcp : answers.includes('ping') ? pingAnswers : arpAnswers,
  }[ready];
  return [
    ...(dialogue.length > 0 ? [dialogueHeld(dialogue)] : []),
    ...(ready === 'console' ? [consoleReady] : []),
    answer,
  ];
}
