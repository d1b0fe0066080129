import { dictionaryEntry, dictionaryVr, tagOf, type Tag, type Vr } from '@bucky/dicom';
import type { QueryLevel } from './query.js';

/** One text for each searchable keyword of an Instance: the values of all three levels, decoded to UTF-8. */
export interface SearchableValues {
  readonly [keyword: string]: string | undefined;
}

/** One Attribute that the catalog has a column for. */
export interface SearchableAttribute {
  readonly keyword: string;
  readonly tag: Tag;
  readonly vr: Vr;
  readonly level: QueryLevel;
  /** Its column in the table of its level: text, or a JSON array where `multiple`, or a number where the VR is one. */
  readonly column: string;
  /** True when it may have several values, which then lie in a JSON array. */
  readonly multiple: boolean;
  /** True when each search of its level returns it. @see PS3.18 10.6.3.3, tables 10.6.3-3 to 10.6.3-5 */
  readonly required: boolean;
  /** True when it is returned even where the path of the resource names its level. */
  readonly always: boolean;
  /** True when it is not read from the Data Set: identity, and what is counted at ingest. */
  readonly kept: boolean;
  /** A second column with what is matched, where that is not the value: folded texts as a JSON array, or a point in time. */
  readonly matchColumn: string | undefined;
  /** Whether it has a column in the trigram index. */
  readonly indexed: boolean;
  /** Whether it is found by an index in the whole archive; others are matched among few Instances only. */
  readonly isWide: boolean;
  /** The index by which results are ordered by it. */
  readonly orderIndex: string | undefined;
}

/** Indexes that are not named after their Attribute. */
const otherIndexes: Readonly<Record<string, string>> = {
  StudyDate: 'studies_newest',
  StudyInstanceUID: 'sqlite_autoindex_studies_1',
  SOPInstanceUID: 'sqlite_autoindex_instances_1',
  InstanceNumber: 'instances_by_instance_number',
};

/** Marks of the table below: r required to return, a returned below its level too, k kept by us, f folded for matching, i in the trigram index as well, w found by an index although an Instance's, * one value although the dictionary allows several. */
const table: Readonly<Record<QueryLevel, string>> = {
  study: `
    StudyInstanceUID:rka StudyDate:r StudyTime:r AccessionNumber:rfi ModalitiesInStudy:rk ReferringPhysicianName:rfi
    TimezoneOffsetFromUTC:ra PatientName:rfi PatientID:rfi PatientBirthDate:r PatientSex:r StudyID:r StudyDescription:rfi
    NumberOfStudyRelatedSeries:rk NumberOfStudyRelatedInstances:rk SOPClassesInStudy:k IssuerOfPatientID PatientBirthTime
    PatientAge PatientSize PatientWeight PhysiciansOfRecord:f NameOfPhysiciansReadingStudy:f
    AdmittingDiagnosesDescription AdmissionID`,
  series: `
    SeriesInstanceUID:rka Modality:r SeriesNumber:r SeriesDescription:rf NumberOfSeriesRelatedInstances:rk
    PerformedProcedureStepStartDate:r PerformedProcedureStepStartTime:r RequestAttributesSequence:r SeriesDate SeriesTime
    PerformedProcedureStepID PerformedProcedureStepDescription PerformingPhysicianName:f OperatorsName:f BodyPartExamined
    ProtocolName Laterality PatientPosition FrameOfReferenceUID Manufacturer ManufacturerModelName StationName
    InstitutionName InstitutionalDepartmentName DeviceSerialNumber SoftwareVersions`,
  instance: `
    SOPInstanceUID:rkw SOPClassUID:rkw AvailableTransferSyntaxUID:rk* InstanceNumber:rw Rows:r Columns:r BitsAllocated:r
    NumberOfFrames:r ImageType AcquisitionNumber AcquisitionDate AcquisitionTime AcquisitionDateTime:f ContentDate
    ContentTime InstanceCreationDate InstanceCreationTime PhotometricInterpretation SamplesPerPixel
    LossyImageCompression ContentLabel DocumentTitle CompletionFlag VerificationFlag`,
};

/** Writes a keyword as the name of a column: `SOPClassUID` as `sop_class_uid`. */
function columnOf(keyword: string): string {
  return keyword
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

function attributeOf(level: QueryLevel, word: string): SearchableAttribute {
  const [keyword = '', marks = ''] = word.split(':');
  const tag = tagOf(keyword);
  const vr = tag === undefined ? undefined : dictionaryVr(tag);
  if (tag === undefined || vr === undefined) throw new TypeError(`Dictionary does not know ${keyword}`);
  const column = columnOf(keyword);
  return {
    keyword,
    tag,
    vr,
    level,
    column,
    multiple: vr !== 'SQ' && !marks.includes('*') && dictionaryEntry(tag)?.vm !== '1',
    required: marks.includes('r'),
    always: marks.includes('a'),
    kept: marks.includes('k'),
    matchColumn: marks.includes('f') ? `${column}_match` : undefined,
    indexed: marks.includes('i'),
    isWide: level !== 'instance' || marks.includes('w'),
    orderIndex: orderIndexOf({ keyword, vr, level, column }),
  };
}

function orderIndexOf({
  keyword,
  vr,
  level,
  column,
}: Pick<SearchableAttribute, 'keyword' | 'vr' | 'level' | 'column'>): string | undefined {
  const other = otherIndexes[keyword];
  if (other !== undefined || level === 'instance' || vr === 'SQ') return other;
  return `${level === 'study' ? 'studies' : 'series'}_by_${column}${vr === 'PN' ? '_match' : ''}`;
}

/** All Attributes that have a column, in the order of their Tags. @see PS3.18 10.6.1.2, 10.6.3.3 */
export const searchableAttributes: readonly SearchableAttribute[] = (['study', 'series', 'instance'] as const)
  .flatMap((level) =>
    table[level]
      .trim()
      .split(/\s+/)
      .map((word) => attributeOf(level, word)),
  )
  .sort((one, other) => one.tag - other.tag);

const byKeyword = new Map(searchableAttributes.map((attribute) => [attribute.keyword, attribute]));

/** Finds the row of a keyword. */
export function searchableAttribute(keyword: string): SearchableAttribute | undefined {
  return byKeyword.get(keyword);
}

/** Lists the rows of one level. */
export function attributesOf(level: QueryLevel): readonly SearchableAttribute[] {
  return searchableAttributes.filter((attribute) => attribute.level === level);
}

/** VRs whose values are numbers. */
export const numeric: ReadonlySet<Vr> = new Set<Vr>(['IS', 'US', 'UL', 'SS', 'SL', 'DS', 'FL', 'FD', 'SV', 'UV']);
