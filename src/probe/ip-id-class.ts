/** How a machine numbers its IPv4 packets (identification, RFC 6864), as far as a few of them in a row tell. */
export const ipIdClasses = [
  'zero',
  'constant',
  'echoed',
  'incremental',
  'byte-swapped',
  'rising',
  'random',
] as const;
export type IpIdClass = (typeof ipIdClasses)[number];

/** Answers wanted for a verdict. */
export const ipIdSamples = 6;

/** Above these a step is no longer a counter's, though other packets were counted between two answers. */
const [smallStep, swappedStep, risingStep] = [10, 5120, 20_000];

/**
 * The class of identifications in the order in which they were sent: all zero, one other value, each that of the
 * packet it answers, a counter (`byte-swapped` when it counts in the other byte order), random steps upward, or
 * random. The limits are those that nmap's documentation gives for its TI, CI and II tests. Undefined for fewer
 * than three.
 *
 * @param asked identifications of the packets that were answered, in the same order
 */
export function ipIdClass(ids: readonly number[], asked: readonly number[]): IpIdClass | undefined {
  if (ids.length < 3) return undefined;
  if (ids.every((id, index) => id === asked[index])) return 'echoed';
  if (ids.every((id) => id === ids[0])) return ids[0] === 0 ? 'zero' : 'constant';
  const steps = ids.slice(1).map((id, index) => (id - ids[index]!) & 0xffff);
  if (steps.every((step) => step <= smallStep)) return 'incremental';
  if (steps.every((step) => step % 256 === 0 && step <= swappedStep)) return 'byte-swapped';
  return steps.some((step) => step >= risingStep) ? 'random' : 'rising';
}
