import { z } from 'zod';
import { biasResult } from './bias-result.js';
import { causesResult } from './causes-result.js';
import { conditionResult, noiseResult } from './condition-result.js';
import { exampleResult } from './example-result.js';
import { expectationResult } from './expectation-result.js';
import { comparison, experimentResult } from './experiment-result.js';
import { informationGain } from './gain-result.js';
import { nmapResult } from './nmap-result.js';
import { probeCountResult } from './probe-count-result.js';
import { selectionResult } from './selection-result.js';
import { surveyResult } from './survey-result.js';
import { toolAnswers, toolResult } from './tools-result.js';

export { experimentResult } from './experiment-result.js';
export type { InformationGain } from './gain-result.js';
export { type SurveyResult, surveyResult } from './survey-result.js';

/** Version of the contract; a change that breaks readers raises the number. */
export const resultSchemaId = 'stackbed.result/1';

const count = z.int().min(0);
const levels = z.array(z.string()).length(3);

export const machineResult = z.object({
  id: z.string(),
  image: z.string().describe('catalogue id of the image'),
  digest: z.string().describe('SHA-256 over kernel and initramfs, hex'),
  labels: z.object({ kernel: levels, distribution: levels }),
  hardware: z.object({
    architecture: z.string(),
    ram_mib: count,
    cores: count,
    nic: z.string(),
    machine: z.string().optional().describe('machine type of QEMU'),
    cpu: z.string().optional().describe('CPU model of QEMU; default: all that the accelerator has'),
  }),
  driver: z.string().optional().describe('what started the machine: qemu, libvirt, process, docker'),
  network: z
    .enum(['wire', 'bridge'])
    .optional()
    .describe('what its NIC was joined to, where there is a choice; default: wire'),
  runtime: z.enum(['runc', 'runsc']).optional().describe('what started the container; default: runc'),
  configuration: z
    .object({ name: z.string(), sysctls: z.record(z.string(), z.string()) })
    .optional()
    .describe('kernel settings, set before the listener opens'),
  application: z
    .object({ name: z.string(), socket: z.record(z.string(), z.number()) })
    .optional()
    .describe('options of the listening socket'),
  status: z.enum(['measured', 'failed']),
  failure: z
    .object({ reason: z.string(), console: z.array(z.string()).describe('last lines of the console') })
    .optional(),
  ports: z
    .object({ open: z.int().min(1).max(65_535), closed: z.int().min(1).max(65_535) })
    .optional()
    .describe('TCP ports that the probes went to'),
  sending: z
    .object({
      order: z.enum(['shuffled', 'listed']),
      spread: z
        .union([z.enum(['rounds', 'none']), z.int().min(1)])
        .describe('how far apart the copies of a probe were: a round, back to back, or so many packets'),
      state: z.enum(['kept', 'fresh']).optional().describe('default: kept'),
      group: count.optional().describe('probe packets that one fresh machine took'),
      restores: count.optional().describe('fresh machines that took the place of the first'),
      restore_ms: count.optional().describe('time that they took to be ready, in all'),
    })
    .optional()
    .describe('in which order the probes went to it; missing in older runs: listed, in rounds'),
  boot: z
    .enum(['cold', 'restored'])
    .optional()
    .describe('from its first instruction, or as a copy of a guest that had been booted before'),
  boot_ms: z.number().min(0).nullable().describe('spawn of the machine to its first TCP answer'),
  packets_sent: count.describe("probe packets, without the testbed's own control packets"),
  packets_received: count.describe('responses matched to a probe'),
  unmatched: count.describe('IP packets that belong to no probe'),
  late: count.describe('responses that came after their batch was closed'),
  answered: count.describe('probes of which every copy was answered'),
  silent: count.describe('probes of which no copy was answered'),
  partial: count.describe('probes of which some copies were answered'),
  responses: z
    .string()
    .describe(
      'one character a probe, at most the first 1000: S SYN-ACK, R RST, A other TCP, I ICMP, U UDP, p partial, . silence',
    ),
  behaviour_class: z
    .string()
    .nullable()
    .optional()
    .describe(
      'machines of one class gave equal summarised answers to all probes in all fields; A, B, ... in the order of the machines; null when there is nothing to compare',
    ),
  answers: z
    .array(z.enum(['arp', 'ping', 'syn-open', 'syn-closed', 'udp-closed']))
    .optional()
    .describe('what the catalogue says that the image answers, beside the survey that asks'),
  note: z.string().optional().describe('what the catalogue says that the image cannot do'),
  survey: surveyResult
    .optional()
    .describe('what it answers to a handful of well-formed packets, asked after the probes'),
  nmap: nmapResult.optional().describe("what nmap's probes found, sent after all others"),
  tools: toolAnswers.optional(),
});

export const moved = z.object({
  image: z.string().describe('catalogue id of the image'),
  cause: z
    .enum([
      'ram',
      'cores',
      'nic',
      'machine',
      'cpu',
      'driver',
      'network',
      'runtime',
      'configuration',
      'application',
    ])
    .describe('the one thing in which the machines that were compared differ'),
  machines: count.describe('machines that were compared'),
  fields: z.array(
    z.object({
      field: z.string().describe('response field; `response` is silence against an answer'),
      probes: count.describe('probes in which its summarised value differs'),
      probe: count.describe('number of the probe of the example'),
      values: z
        .array(z.object({ setting: z.string(), value: z.string() }))
        .describe('the example: values of machines that differ in nothing else'),
    }),
  ),
});

export const result = z.object({
  schema: z.literal(resultSchemaId),
  scenario: z.string(),
  seed: z.int(),
  stackbed: z.string().describe('version of Stackbed'),
  command: z.string().describe('command that reproduces the run'),
  started_at: z.string(),
  accelerator: z.string().describe('tcg or kvm, as measured'),
  host: z.object({
    kernel: z.string(),
    node: z.string(),
    qemu: z.string(),
    libvirt: z.string().optional().describe('version, and which one'),
    docker: z.string().optional().describe('version of the engine that ran the containers'),
    cpus: count,
    memory_mib: count,
  }),
  machines: z.array(machineResult),
  collection: z.object({
    probes: count,
    copies: count,
    packets_sent: count,
    packets_received: count,
    lost_by_path: count,
    unmatched: count,
    wall_s: z.number().min(0).describe('boots and probing together'),
    probes_per_s: z.number().min(0).describe('packets sent / time spent probing, median over machines'),
  }),
  path: z.object({
    forward: z.array(z.string()).describe('stages from prober to machine, as text'),
    reverse: z.array(z.string()),
    decisions: count,
    log_digest: z.string().describe('SHA-256 of the canonical decision log'),
    captures: z
      .array(z.string())
      .optional()
      .describe('points at which packets were captured, into captures/*.pcapng of the run'),
  }),
  dataset: z.object({
    digest: z.string().describe('SHA-256 of the canonical summary'),
    machines: count,
    fields: count,
    values: count.describe('field values in the summary, silence not counted'),
    nondeterministic: count.describe('of these, NONDET'),
    partial: count.describe('machine x probe pairs with some but not all copies answered'),
  }),
  determinism: z.object({
    unique_values: z
      .array(count)
      .describe('index k: response fields that showed k+1 distinct values over the copies (paper figure 2b)'),
    agreeing: z
      .array(count)
      .optional()
      .describe('index k: response fields on which the first k+1 copies agree (paper figure 3a)'),
    answered_copies: z
      .array(count)
      .describe('index k: machine x probe pairs with k copies answered (paper figure 3b)'),
    by_field: z.array(z.object({ field: z.string(), constant: count, nondeterministic: count })),
  }),
  experiments: z.array(experimentResult),
  comparisons: z.array(comparison).optional().describe('learners two by two, on the same machines and folds'),
  information_gain: z.array(informationGain),
  moved: z
    .array(moved)
    .optional()
    .describe('fields that move between machines of one image, by what differs in the machine'),
  conditions: z
    .array(conditionResult)
    .optional()
    .describe(
      'network conditions of the run; `collection`, the digests and `wall_s` are of all of them together, everything else but `noise` is of the first',
    ),
  noise: z.array(noiseResult).optional(),
  training_bias: z.array(biasResult).optional(),
  causes: causesResult.optional(),
  nmap: z
    .object({ points: z.string().describe('where the weights of the tests are from') })
    .optional()
    .describe('how the learners `nmap…` matched'),
  tools: z.array(toolResult).optional().describe('what tools of others said of the kernel, by level'),
  probe_counts: z.array(probeCountResult).optional().describe('pairs told apart, by the number of probes'),
  examples: z
    .array(exampleResult)
    .optional()
    .describe('probes and their summarised responses, field by field'),
  recorded: z
    .object({
      name: z.string(),
      digest: z.string().describe('of the whole recorded dataset'),
      trials: count.describe('machines in it, under each condition'),
      sent: count.describe('probes of the run that it was recorded of, which may be more than were kept'),
      scenario: z.string(),
      command: z.string().describe('command of that run'),
    })
    .optional()
    .describe('of a run for which nothing was booted: the recorded dataset that it was made of'),
  expectations: z.array(expectationResult).optional().describe('findings that the scenario expects'),
  selection: selectionResult
    .optional()
    .describe('of `select: informative`: the probes of the run, which are not all of its scenario'),
});

export type MachineResult = z.infer<typeof machineResult>;
export type ExperimentResult = z.infer<typeof experimentResult>;
export type Comparison = z.infer<typeof comparison>;
export type Result = z.infer<typeof result>;
export type Moved = z.infer<typeof moved>;
export type MovedField = Moved['fields'][number];
export type Cause = Moved['cause'];
