import type { Uid } from '@bucky/dicom';

/** Level of a query. @see PS3.18 10.6.1 */
export type QueryLevel = 'study' | 'series' | 'instance';

/** One matching key as it was asked: an Attribute by keyword or Tag, with dots into Sequences, and its value as text, percent-decoded. */
export interface MatchingKey {
  readonly keyword: string;
  readonly value: string;
}

export interface Query {
  readonly level: QueryLevel;
  /** Study and series of the path, where the resource names them. */
  readonly studyUid?: Uid;
  readonly seriesUid?: Uid;
  readonly matching: readonly MatchingKey[];
  /** Whether the words of a Person Name match in any order, each from its beginning. */
  readonly fuzzy?: boolean;
  /** Keywords or Tags of further Attributes wanted, or all that are known. */
  readonly includeFields: readonly string[] | 'all';
  readonly orderBy: readonly { readonly keyword: string; readonly descending: boolean }[];
  /** How many results are wanted; without it all there are. */
  readonly limit?: number;
  readonly offset: number;
  /** Whether all that match are to be counted, whatever the limit. */
  readonly total?: boolean;
}

/** One DICOM JSON object: tags as eight hexadecimal digits. @see PS3.18 F.2 */
export type DicomJsonObject = Readonly<
  Record<
    string,
    {
      readonly vr: string;
      readonly Value?: readonly unknown[];
      readonly InlineBinary?: string;
      readonly BulkDataURI?: string;
    }
  >
>;

/** What a search found. */
export interface Found {
  /** True when more match than `limit` let through. */
  readonly more: boolean;
  /** How many match in all, where that was asked. */
  readonly total?: number;
  /** How many results there will be; fewer when some go while they are read. */
  readonly count: number;
  /** In the total order asked for, in batches of bounded size; RetrieveURL (0008,1190) is left for the protocol layer to add. */
  readonly results: AsyncIterable<readonly DicomJsonObject[]>;
}

/** The results of a search that fit in memory. */
export interface ResultPage {
  readonly results: readonly DicomJsonObject[];
  /** True when more match than `limit` let through. */
  readonly more: boolean;
}
