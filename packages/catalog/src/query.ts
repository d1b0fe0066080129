import type { Uid } from '@bucky/dicom';

/** Level of a query. @see PS3.18 10.6.1 */
export type QueryLevel = 'study' | 'series' | 'instance';

/** One matching key as it was asked: an Attribute by keyword and its value as text, percent-decoded. */
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
  /** Keywords of further Attributes wanted, or all that are known. */
  readonly includeFields: readonly string[] | 'all';
  readonly orderBy: readonly { readonly keyword: string; readonly descending: boolean }[];
  readonly limit: number;
  readonly offset: number;
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

export interface ResultPage {
  /** In the total order asked for; RetrieveURL (0008,1190) is left for the protocol layer to add. */
  readonly results: readonly DicomJsonObject[];
  /** True when more match than `limit` let through. */
  readonly more: boolean;
}
