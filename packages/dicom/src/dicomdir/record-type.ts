/** Directory Record Type of an Instance, as (0004,1430) spells it. @see PS3.3 F.5 */
export type RecordType =
  | 'IMAGE'
  | 'RT DOSE'
  | 'RT STRUCTURE SET'
  | 'RT PLAN'
  | 'RT TREAT RECORD'
  | 'PRESENTATION'
  | 'WAVEFORM'
  | 'SR DOCUMENT'
  | 'KEY OBJECT DOC'
  | 'SPECTROSCOPY'
  | 'RAW DATA'
  | 'REGISTRATION'
  | 'FIDUCIAL'
  | 'ENCAP DOC'
  | 'VALUE MAP'
  | 'STEREOMETRIC'
  | 'PLAN'
  | 'MEASUREMENT'
  | 'SURFACE'
  | 'SURFACE SCAN'
  | 'TRACT'
  | 'ASSESSMENT'
  | 'RADIOTHERAPY'
  | 'ANNOTATION'
  | 'PRIVATE';

const storage = '1.2.840.10008.5.1.4.1.1.';

/** What follows `1.2.840.10008.5.1.4.1.1.` in the SOP Classes of each type; all others that have pixels are images. @see PS3.3 F.4, table F.4-1 */
const suffixes: Readonly<Partial<Record<RecordType, string>>> = {
  'RT DOSE': '481.2',
  'RT STRUCTURE SET': '481.3',
  'RT PLAN': '481.5 481.8',
  'RT TREAT RECORD': '481.4 481.6 481.7 481.9',
  RADIOTHERAPY: '481.10 481.11 481.12 481.13 481.14 481.15 481.16 481.17 481.18 481.19 481.20 481.21 481.22',
  PRESENTATION: '11.1 11.2 11.3 11.4 11.5 11.6 11.7 11.8 11.9 11.10 11.11 131',
  WAVEFORM: `9.1.1 9.1.2 9.1.3 9.2.1 9.3.1 9.4.1 9.4.2 9.5.1 9.6.1 9.6.2 9.7.1 9.7.2 9.7.3 9.7.4 9.8.1`,
  'SR DOCUMENT': `88.11 88.22 88.33 88.34 88.35 88.40 88.50 88.65 88.67 88.68 88.69 88.70 88.71 88.72 88.73 88.74 88.75
    88.76 78.6 79.1`,
  'KEY OBJECT DOC': '88.59',
  SPECTROSCOPY: '4.2',
  'RAW DATA': '66',
  REGISTRATION: '66.1 66.3',
  FIDUCIAL: '66.2',
  'ENCAP DOC': '104.1 104.2 104.3 104.4 104.5',
  'VALUE MAP': '67',
  STEREOMETRIC: '77.1.5.3',
  MEASUREMENT: '78.1 78.2 78.3 78.4 78.5 78.7 78.8 80.1',
  SURFACE: '66.5',
  'SURFACE SCAN': '68.1 68.2',
  TRACT: '66.6',
  ASSESSMENT: '90.1',
  ANNOTATION: '91.1',
};

const bySopClass: ReadonlyMap<string, RecordType> = new Map([
  ...Object.entries(suffixes).flatMap(([type, list]) =>
    // The keys of the table are Record Types.
    list.split(/\s+/).map((suffix) => [storage + suffix, type as RecordType] as const),
  ),
  ['1.2.840.10008.5.1.4.34.7', 'PLAN'],
  ['1.2.840.10008.5.1.4.34.10', 'PLAN'],
]);

/** Tells the type of an Instance's Directory Record; that of a SOP Class without one depends on whether it has pixels. */
export function recordTypeOf(sopClassUid: string, { hasPixels }: { readonly hasPixels: boolean }): RecordType {
  return bySopClass.get(sopClassUid) ?? (hasPixels ? 'IMAGE' : 'PRIVATE');
}
