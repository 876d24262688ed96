const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb8_8320 : value >>> 1;
  return value;
});
const byTopByte = new Uint8Array(256);
for (const [byte, value] of table.entries()) byTopByte[value >>> 24] = byte;

/** The four bytes whose CRC-32 (IEEE 802.3) is `checksum`: there is one such message for each. */
export function bytesWithCrc32(checksum: number): Uint8Array {
  let state = ~checksum >>> 0;
  for (let at = 0; at < 4; at++) {
    const byte = byTopByte[state >>> 24]!;
    state = (((state ^ table[byte]!) << 8) | byte) >>> 0;
  }
  state = ~state;
  return Uint8Array.of(state, state >>> 8, state >>> 16, state >>> 24);
}
