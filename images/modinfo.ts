/** Reads what the loader needs of a kernel module (an ELF object, gABI chapter 4): its `.modinfo` strings. */

interface Section {
  readonly name: number;
  readonly offset: number;
  readonly size: number;
}

const elfMagic = 0x7f454c46;

/** Section headers of a little-endian ELF file of either class. */
function sections(elf: Buffer): { headers: Section[]; names: Section | undefined } {
  if (elf.length < 64 || elf.readUInt32BE(0) !== elfMagic) throw new Error('not an ELF object');
  const wide = elf[4] === 2;
  const table = wide ? Number(elf.readBigUInt64LE(0x28)) : elf.readUInt32LE(0x20);
  const [entrySize, count, nameIndex] = [0, 2, 4].map((at) => elf.readUInt16LE((wide ? 0x3a : 0x2e) + at));
  const headers = Array.from({ length: count! }, (_, index) => {
    const at = table + index * entrySize!;
    return {
      name: elf.readUInt32LE(at),
      offset: wide ? Number(elf.readBigUInt64LE(at + 0x18)) : elf.readUInt32LE(at + 0x10),
      size: wide ? Number(elf.readBigUInt64LE(at + 0x20)) : elf.readUInt32LE(at + 0x14),
    };
  });
  return { headers, names: headers[nameIndex!] };
}

/** The `key=value` strings of a module, in order. @throws Error when `module` is no ELF object */
export function modinfo(module: Buffer): { key: string; value: string }[] {
  const { headers, names } = sections(module);
  const wanted = headers.find(({ name }) => {
    const start = names!.offset + name;
    return module.toString('latin1', start, start + 9) === '.modinfo\0';
  });
  if (!wanted) return [];
  const text = module.toString('latin1', wanted.offset, wanted.offset + wanted.size);
  return text.split('\0').flatMap((line) => {
    const equals = line.indexOf('=');
    return equals < 0 ? [] : [{ key: line.slice(0, equals), value: line.slice(equals + 1) }];
  });
}

/** The modules that must be loaded before this one: `depends=` and the hints `softdep=pre:`. */
export function dependencies(module: Buffer): string[] {
  return modinfo(module).flatMap(({ key, value }) => {
    if (key === 'depends') return value.split(',').filter((name) => name !== '');
    if (key !== 'softdep') return [];
    const before = /pre:\s*([^:]*?)(?:\s*post:.*)?$/.exec(value)?.[1] ?? '';
    return before.split(/\s+/).filter((name) => name !== '');
  });
}
