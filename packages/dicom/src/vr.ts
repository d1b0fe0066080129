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
