/** A little-endian 64-bit ELF file of the given sections, and one note segment when `note` is given. */
export function elf64(
  sections: Readonly<Record<string, string>>,
  note?: { owner: string; type: number },
): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  const noteBytes = Buffer.alloc(note ? 20 : 0);
  if (note) {
    noteBytes.writeUInt32LE(note.owner.length + 1, 0);
    noteBytes.writeUInt32LE(4, 4);
    noteBytes.writeUInt32LE(note.type, 8);
    noteBytes.write(note.owner, 12, 'latin1');
  }
  const names = ['', ...Object.keys(sections), '.shstrtab'];
  const table = Buffer.from(names.map((name) => `${name}\0`).join(''), 'latin1');
  const bodies = [
    Buffer.alloc(0),
    ...Object.values(sections).map((text) => Buffer.from(text, 'latin1')),
    table,
  ];
  const parts: Buffer[] = [header];
  const place = (bytes: Buffer) => {
    const at = Buffer.concat(parts).length;
    parts.push(bytes);
    return at;
  };
  const programHeader = Buffer.alloc(note ? 56 : 0);
  const programAt = place(programHeader);
  const noteAt = place(noteBytes);
  if (note) {
    programHeader.writeUInt32LE(4, 0);
    programHeader.writeBigUInt64LE(BigInt(noteAt), 0x08);
    programHeader.writeBigUInt64LE(BigInt(noteBytes.length), 0x20);
  }
  const headers = bodies.map((body, index) => {
    const entry = Buffer.alloc(64);
    entry.writeUInt32LE(
      names.slice(0, index).reduce((sum, name) => sum + name.length + 1, 0),
      0,
    );
    entry.writeBigUInt64LE(BigInt(place(body)), 0x18);
    entry.writeBigUInt64LE(BigInt(body.length), 0x20);
    return entry;
  });
  header.writeBigUInt64LE(BigInt(programAt), 0x20);
  header.writeBigUInt64LE(BigInt(place(Buffer.concat(headers))), 0x28);
  for (const [at, value] of [
    [0x36, 56],
    [0x38, note ? 1 : 0],
    [0x3a, 64],
    [0x3c, bodies.length],
    [0x3e, bodies.length - 1],
  ] as const) {
    header.writeUInt16LE(value, at);
  }
  return Buffer.concat(parts);
}
