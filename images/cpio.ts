/** One member of an initramfs. Paths are relative to the root, without a leading slash. */
export type CpioEntry =
  | { readonly type: 'directory'; readonly path: string; readonly mode?: number }
  | { readonly type: 'file'; readonly path: string; readonly mode?: number; readonly data: Uint8Array }
  | { readonly type: 'symlink'; readonly path: string; readonly target: string }
  | {
      readonly type: 'character-device';
      readonly path: string;
      readonly mode?: number;
      readonly major: number;
      readonly minor: number;
    };

const format = { directory: 0o040000, file: 0o100000, symlink: 0o120000, 'character-device': 0o020000 };
const defaultMode = { directory: 0o755, file: 0o644, symlink: 0o777, 'character-device': 0o600 };
const trailer = 'TRAILER!!!';

function content(entry: CpioEntry): Uint8Array {
  if (entry.type === 'file') return entry.data;
  return Buffer.from(entry.type === 'symlink' ? entry.target : '');
}

/** The archive is a sequence of 4-byte aligned parts; header and name are padded together. */
function pad(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}

function member(name: string, fields: Record<Field, number>, data: Uint8Array): Buffer {
  const nameBytes = Buffer.from(`${name}\0`);
  const values = { ...fields, filesize: data.length, namesize: nameBytes.length };
  const hex = fieldOrder.map((field) => values[field].toString(16).toUpperCase().padStart(8, '0'));
  const header = Buffer.concat([Buffer.from(`070701${hex.join('')}`), nameBytes]);
  return Buffer.concat([header, pad(header.length), data, pad(data.length)]);
}

const fieldOrder = [
  'ino',
  'mode',
  'uid',
  'gid',
  'nlink',
  'mtime',
  'filesize',
  'devmajor',
  'devminor',
  'rdevmajor',
  'rdevminor',
  'namesize',
  'check',
] as const;
type Field = (typeof fieldOrder)[number];
const noFields = Object.fromEntries(fieldOrder.map((field) => [field, 0])) as Record<Field, number>;

/**
 * A cpio archive in the "newc" format, as the Linux kernel unpacks it
 * (Documentation/driver-api/early-userspace/buffer-format.rst).
 *
 * The bytes depend on the entries and their order alone: owner 0, time 0, inode numbers counted from 1.
 * Directories must come before what they hold, since the kernel creates no missing parents.
 */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const members = entries.map((entry, index) =>
    member(
      entry.path,
      {
        ...noFields,
        ino: index + 1,
        mode: format[entry.type] | (('mode' in entry ? entry.mode : undefined) ?? defaultMode[entry.type]),
        nlink: entry.type === 'directory' ? 2 : 1,
        rdevmajor: entry.type === 'character-device' ? entry.major : 0,
        rdevminor: entry.type === 'character-device' ? entry.minor : 0,
      },
      content(entry),
    ),
  );
  return Buffer.concat([...members, member(trailer, { ...noFields, nlink: 1 }, Buffer.alloc(0))]);
}
