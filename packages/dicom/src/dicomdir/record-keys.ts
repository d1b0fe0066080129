import { dictionaryVr, tagOf } from '../dictionary/dictionary.js';
import { tagText } from '../tag.js';
import type { Vr } from '../vr.js';
import type { DicomJson, DicomJsonAttribute } from './encode-dicom-json.js';
import type { RecordType } from './record-type.js';

type Row = readonly [keys: string, ...macros: string[]];

/** The Content Identification Macro. @see PS3.3 10.9 */
const contentIdentification = 'InstanceNumber:1 ContentLabel:1 ContentDescription:2 ContentCreatorName:2';
const created = 'ContentDate:1 ContentTime:1';
const numbered = 'InstanceNumber:1';

/** Keys of each record and their type; `3` is a key that is written where there is a value, as 1C ones are. @see PS3.3 F.5 */
const table: Readonly<Record<'PATIENT' | 'STUDY' | 'SERIES' | RecordType, Row>> = {
  PATIENT: ['PatientName:2 PatientID:1 PatientBirthDate:3 PatientSex:3'],
  STUDY: ['StudyDate:1 StudyTime:1 StudyDescription:2 StudyInstanceUID:1 StudyID:1 AccessionNumber:2'],
  SERIES: ['Modality:1 SeriesInstanceUID:1 SeriesNumber:1 SeriesDescription:3'],
  IMAGE: [numbered],
  'RT DOSE': ['DoseSummationType:1', numbered],
  'RT STRUCTURE SET': ['StructureSetLabel:1 StructureSetDate:2 StructureSetTime:2', numbered],
  'RT PLAN': ['RTPlanLabel:1 RTPlanDate:2 RTPlanTime:2', numbered],
  'RT TREAT RECORD': ['TreatmentDate:2 TreatmentTime:2', numbered],
  PRESENTATION: [
    'PresentationCreationDate:1 PresentationCreationTime:1 ReferencedSeriesSequence:3 BlendingSequence:3',
    contentIdentification,
  ],
  WAVEFORM: [created, numbered],
  'SR DOCUMENT': [
    `CompletionFlag:1 VerificationFlag:1 VerificationDateTime:3 ConceptNameCodeSequence:1 ContentSequence:3`,
    created,
    numbered,
  ],
  'KEY OBJECT DOC': ['ConceptNameCodeSequence:1 ContentSequence:3', created, numbered],
  SPECTROSCOPY: [
    'ImageType:1 ReferencedImageEvidenceSequence:3 NumberOfFrames:1 Rows:1 Columns:1 DataPointRows:1 DataPointColumns:1',
    created,
    numbered,
  ],
  'RAW DATA': [created, 'InstanceNumber:2'],
  REGISTRATION: [created, contentIdentification],
  FIDUCIAL: [created, contentIdentification],
  'ENCAP DOC': [
    `ContentDate:2 ContentTime:2 DocumentTitle:2 HL7InstanceIdentifier:3 ConceptNameCodeSequence:2
    MIMETypeOfEncapsulatedDocument:1`,
    numbered,
  ],
  'VALUE MAP': [created, contentIdentification],
  STEREOMETRIC: [''],
  PLAN: [''],
  MEASUREMENT: [created, contentIdentification],
  SURFACE: [created, contentIdentification],
  'SURFACE SCAN': [created],
  TRACT: [created, contentIdentification],
  ASSESSMENT: ['InstanceCreationDate:1 InstanceCreationTime:2', numbered],
  RADIOTHERAPY: ['UserContentLabel:3 UserContentLongLabel:3 ContentDescription:2 ContentCreatorName:2', numbered],
  ANNOTATION: [created, contentIdentification],
  PRIVATE: [''],
};

interface Key {
  readonly tag: string;
  readonly vr: Vr;
  readonly type: '1' | '2' | '3';
  /** Tags whose value stands in for a missing one of type 1. */
  readonly instead: readonly string[];
  readonly invented: unknown;
}

/** Where a date or time is looked for that a record must have and its Instance has not. */
const instead: Readonly<Record<string, string>> = {
  StudyDate: 'SeriesDate AcquisitionDate ContentDate InstanceCreationDate',
  StudyTime: 'SeriesTime AcquisitionTime ContentTime InstanceCreationTime',
  ContentDate: 'InstanceCreationDate SeriesDate StudyDate',
  ContentTime: 'InstanceCreationTime SeriesTime StudyTime',
  PresentationCreationDate: 'InstanceCreationDate ContentDate SeriesDate StudyDate',
  PresentationCreationTime: 'InstanceCreationTime ContentTime SeriesTime StudyTime',
  InstanceCreationDate: 'ContentDate SeriesDate StudyDate',
};

/** What a directory says for want of a value, as it must say something. */
const inventedByKeyword: Readonly<Record<string, unknown>> = {
  Modality: 'OT',
  DoseSummationType: 'PLAN',
  CompletionFlag: 'PARTIAL',
  VerificationFlag: 'UNVERIFIED',
  MIMETypeOfEncapsulatedDocument: 'application/octet-stream',
};
const inventedByVr: Readonly<Partial<Record<Vr, unknown>>> = { DA: '19000101', TM: '000000', IS: 0, US: 0, UL: 0 };

function requiredTag(keyword: string): string {
  const tag = tagOf(keyword);
  if (tag === undefined) throw new TypeError(`Dictionary does not know ${keyword}`);
  return tagText(tag);
}

function keyOf(word: string): Key {
  const [keyword = '', type = ''] = word.split(':');
  const vr = dictionaryVr(tagOf(keyword)!);
  if (vr === undefined || (type !== '1' && type !== '2' && type !== '3')) throw new TypeError(`No key: ${word}`);
  return {
    tag: requiredTag(keyword),
    vr,
    type,
    instead: (instead[keyword] ?? '').split(' ').filter(Boolean).map(requiredTag),
    invented: inventedByKeyword[keyword] ?? inventedByVr[vr] ?? 'UNKNOWN',
  };
}

const keys = new Map(
  Object.entries(table).map(([type, row]) => [type, row.join(' ').split(/\s+/).filter(Boolean).map(keyOf)] as const),
);

/** The relationship of items of an SR tree that a record repeats. @see PS3.3 F.5.25, C.17.3.2.4 */
const conceptModifier = 'HAS CONCEPT MOD';
const [contentSequence, relationshipType] = ['0040A730', '0040A010'];
const [verificationDateTime, verifyingObserverSequence] = ['0040A030', '0040A073'];

/** Values that do not stand where the record has them. @see PS3.3 F.5.25 */
const derived: Readonly<Record<string, (metadata: DicomJson) => DicomJsonAttribute>> = {
  [contentSequence]: (metadata) => ({
    vr: 'SQ',
    Value: itemsOf(metadata, contentSequence).filter((item) => textIn(item, relationshipType) === conceptModifier),
  }),
  /** That of the most recent verification. */
  [verificationDateTime]: (metadata) => ({
    vr: 'DT',
    Value: itemsOf(metadata, verifyingObserverSequence)
      .map((item) => textIn(item, verificationDateTime))
      .sort()
      .slice(-1),
  }),
};

function itemsOf(metadata: DicomJson, tag: string): readonly DicomJson[] {
  // Items of a Sequence are objects; an empty one may stand as null.
  return (metadata[tag]?.Value ?? []).map((item) => (item ?? {}) as DicomJson);
}

function textIn(item: DicomJson, tag: string): string {
  const value = item[tag]?.Value?.[0];
  return typeof value === 'string' ? value : '';
}

/**
 * Picks what the Directory Record of an Instance, its series, study or patient must say out of the Instance's metadata.
 * A missing value of type 1 is taken from a related Attribute, else invented: the ordinal for a number, a date in 1900.
 * @see PS3.3 F.5
 */
export function recordKeys(
  type: 'PATIENT' | 'STUDY' | 'SERIES' | RecordType,
  metadata: DicomJson,
  ordinal: number,
): DicomJson {
  const record: Record<string, DicomJsonAttribute> = {};
  for (const key of keys.get(type) ?? []) {
    const { tag, vr } = key;
    const values = derived[tag]?.(metadata).Value ?? valuesOf(metadata, key);
    if (values.length > 0) record[tag] = { vr, Value: values };
    else if (key.type === '1') record[tag] = substitute(key, metadata, ordinal);
    else if (key.type === '2') record[tag] = { vr };
  }
  return record;
}

/** Punctuation of dates and times as ACR-NEMA wrote them. @see PS3.5 6.2, DA and TM */
const punctuation: Readonly<Partial<Record<Vr, RegExp>>> = { DA: /\./g, TM: /:/g };

/** Gets the values of an Attribute where the first is not empty. */
function valuesOf(metadata: DicomJson, { tag, vr }: Pick<Key, 'tag' | 'vr'>): readonly unknown[] {
  const values = metadata[tag]?.Value ?? [];
  const [first] = values;
  if (first === undefined || first === null || first === '') return [];
  const marks = punctuation[vr];
  return marks === undefined ? values : values.map((value) => String(value).replace(marks, ''));
}

function substitute({ vr, instead, invented }: Key, metadata: DicomJson, ordinal: number): DicomJsonAttribute {
  const found = instead.map((tag) => valuesOf(metadata, { tag, vr })).find((values) => values.length > 0);
  if (found !== undefined) return { vr, Value: found };
  if (vr === 'SQ') return { vr };
  return { vr, Value: [vr === 'IS' ? ordinal : invented] };
}
