/** The Value Representations. @see PS3.5 6.2 */
export const vrs = [
  'AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FD', 'FL', 'IS', 'LO', 'LT', 'OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'PN',
  'SH', 'SL', 'SQ', 'SS', 'ST', 'SV', 'TM', 'UC', 'UI', 'UL', 'UN', 'UR', 'US', 'UT', 'UV',
] as const; // prettier-ignore

export type Vr = (typeof vrs)[number];

const known: ReadonlySet<string> = new Set(vrs);

/** Tells whether two characters name a VR of this edition of the standard. */
export function isVr(text: string): text is Vr {
  return known.has(text);
}

/** VRs whose length is 4 bytes after 2 reserved ones. @see PS3.5 7.1.2, table 7.1-1 */
export const longLength: ReadonlySet<Vr> = new Set<Vr>([
  'OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV',
]); // prettier-ignore

/** Bytes of one word of a value, by VR: what a big endian Transfer Syntax turns round. Other VRs are bytes. @see PS3.5 7.3 */
export const wordLength: Readonly<Partial<Record<Vr, number>>> = {
  AT: 2,
  OW: 2,
  SS: 2,
  US: 2,
  FL: 4,
  OF: 4,
  OL: 4,
  SL: 4,
  UL: 4,
  FD: 8,
  OD: 8,
  OV: 8,
  SV: 8,
  UV: 8,
};

/**
 * Tells the bytes of one word of native Pixel Data: a pixel of 32 or 64 bits is one number, also where the VR is OW. Real
 * files have them so in big endian, and pydicom reads them so; tools that only know the words of OW differ.
 * @see PS3.5 7.3, 8.1.1
 */
export function pixelWordLength(vr: Vr, bitsAllocated: number): number {
  return vr === 'OW' && (bitsAllocated === 32 || bitsAllocated === 64) ? bitsAllocated / 8 : (wordLength[vr] ?? 1);
}
