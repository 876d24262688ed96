import { z } from 'zod';

/** What a machine may be asked, and what it does then when it answers. */
export const answerKinds = ['arp', 'ping', 'syn-open', 'syn-closed', 'udp-closed'] as const;

/** `arp`, `ping`: a reply. `syn-open`: SYN-ACK. `syn-closed`: RST. `udp-closed`: ICMP port unreachable. */
export type Answer = (typeof answerKinds)[number];

const provesBatches: readonly Answer[] = ['arp', 'ping', 'syn-closed'];

/** What is known to be answered: all of it, unless said otherwise; at least one that can end a batch of probes. */
export const answersSchema = z
  .array(z.enum(answerKinds))
  .refine((answers) => answers.some((each) => provesBatches.includes(each)), {
    error: `must have one of ${provesBatches.join(', ')}: nothing else says that the machine has handled a probe`,
  });

/**
 * How it is known that a machine is up: by its word on the console (STACKBED READY), or by its answer to
 * ARP, an ICMP echo, or a SYN to its open port.
 */
export const readySchema = z.enum(['console', 'arp', 'ping', 'tcp']);

/** What is said to a machine on its console before it can be used, in order. */
export const dialogueSchema = z.array(
  z.strictObject({
    /** Regular expression for what it prints; looked for behind what the step before found. */
    expect: z.string().refine(isPattern, { error: 'must be a regular expression' }),
    /** What is typed then, with placeholders as in `command`; a line ends with `\n`. */
    send: z.string(),
  }),
);

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
