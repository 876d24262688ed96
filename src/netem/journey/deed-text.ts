import { type FieldChange, fieldChangeText, frameChanges } from '../../packet/frame-fields.js';
import type { Deed } from './journey.js';

/** Fields that a deed changed; none where nothing was, or where the frame is not known. */
export function changesOf({ before, after, rewritten }: Deed): FieldChange[] {
  return rewritten && before && after ? frameChanges(before, after) : [];
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

function act(action: string, value: number): string | undefined {
  switch (action) {
    case 'drop':
      return 'dropped';
    case 'hold':
      return value === 0 ? 'held' : `held for ${Number((value / 1000).toFixed(3))} ms`;
    case 'duplicate':
      return 'duplicated';
    case 'emit':
      return `made a packet of ${counted(value, 'byte')}`;
    case 'overtake':
      return 'overtakes those that wait';
    case 'truncate':
      return `cut to ${counted(value, 'byte')}`;
    case 'fragment':
      return `cut into ${counted(value, 'fragment')}`;
    case 'reassemble':
      return `put together of ${counted(value, 'fragment')}`;
    case 'corrupt':
      return `a bit of byte ${value} turned over`;
    case 'repair':
      return 'repaired';
    default:
      return undefined;
  }
}

/** What a stage did to a packet, for people: `held for 2.4 ms`, `ip.ttl 64 → 63`. */
export function deedText(deed: Deed): string {
  const { action, value, rewritten } = deed;
  const changes = changesOf(deed).map(fieldChangeText);
  const bytes = rewritten && changes.length === 0 ? [`bytes ${rewritten.before} → ${rewritten.after}`] : [];
  const texts = [act(action, value), ...changes, ...bytes].filter((text) => text !== undefined);
  return texts.length > 0 ? texts.join(', ') : 'left as it was';
}
