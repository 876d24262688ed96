/** What the pcapng reader and writer share (draft-ietf-opsawg-pcapng). */

export const pcapngBlock = {
  sectionHeader: 0x0a0d0d0a,
  interfaceDescription: 1,
  simplePacket: 3,
  enhancedPacket: 6,
} as const;

export const pcapngOption = {
  end: 0,
  comment: 1,
  hardware: 2,
  operatingSystem: 3,
  application: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  timestampResolution: 9,
  timestampOffset: 14,
} as const;

export const byteOrderMagic = 0x1a2b3c4d;

/** LINKTYPE_ETHERNET of the tcpdump.org registry. */
export const linkTypeEthernet = 1;

/** What the section header says about the capture. */
export interface CaptureSection {
  readonly hardware?: string | undefined;
  readonly operatingSystem?: string | undefined;
  readonly application?: string | undefined;
  readonly comment?: string | undefined;
}

export interface CaptureInterface {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** {@link linkTypeEthernet} when left out. */
  readonly linkType?: number | undefined;
  /** Most bytes kept of a packet; 0, the default, means all. */
  readonly snapLength?: number | undefined;
}

export interface CapturedPacket {
  /** Index into the interfaces, in the order of their descriptions. */
  readonly interfaceId: number;
  /** Nanoseconds since 1970-01-01 UTC, 0..2^64-1. */
  readonly timestamp: bigint;
  readonly bytes: Uint8Array;
  /** Bytes on the wire when fewer were kept; that of `bytes` when left out. */
  readonly originalLength?: number | undefined;
  readonly comment?: string | undefined;
}
