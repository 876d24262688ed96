import type { Answer, BootableImage } from '../../images/index.js';
import type { SentinelKind } from '../../src/probe/sentinel.js';
import type { Machine } from '../machine.js';
import { arpAnswers, pingAnswers } from './answers.js';
import { consoleReady } from './console-line.js';
import { dialogueHeld } from './dialogue.js';
import type { Readiness } from './readiness.js';
import { tcpAnswers } from './tcp-answer.js';

/** What is known to be answered; a kernel in an emulator answers everything. */
const answersOf = ({ process, appliance }: BootableImage): readonly Answer[] =>
  process?.answers ?? appliance?.answers ?? ['arp', 'ping', 'syn-open', 'syn-closed', 'udp-closed'];

/** The sentinels that a machine of an image answers: the RST of a SYN where it sends one. */
export function sentinelKindOf(image: BootableImage): SentinelKind {
  const answers = answersOf(image);
  if (answers.includes('syn-closed')) return 'syn';
  return answers.includes('ping') ? 'ping' : 'arp';
}

/** A machine that is not ours says nothing on its console, and its network is up before its servers are. */
function applianceReady(open: number | undefined, answers: readonly Answer[]): Readiness {
  if (open !== undefined && answers.includes('syn-open')) return tcpAnswers(open, { patient: true });
  return answers.includes('ping') ? pingAnswers : arpAnswers;
}

/** What must come to pass, in order, before a machine can be probed. */
export function readinessOf({ spec, dialogue = [] }: Machine): Readiness[] {
  const { image, openPorts } = spec;
  const answers = answersOf(image);
  if (image.appliance) return [applianceReady(openPorts[0], answers)];
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
