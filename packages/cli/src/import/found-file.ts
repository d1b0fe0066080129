import type { Bytes } from '@bucky/dicom';

/** A file to import: one of the file system, or an entry of a ZIP. */
export interface FoundFile {
  readonly kind: 'file';
  /** For people: of an entry the path of the ZIP, `!` and a name. */
  readonly path: string;
  readonly size: number;
  /** What tells it from others and from what it was before it was changed. */
  readonly identity: readonly (string | number)[];
  /** Its first bytes, where they have been read already. */
  readonly head?: Uint8Array;
  /** Opens the bytes, as often as it is called. */
  open(): Bytes;
  /** Must be called once it is done with. */
  release(): void;
}

/** What a search finds: a file, or why something is none. */
export type Found = FoundFile | { readonly kind: 'failed'; readonly path: string; readonly reason: string };
