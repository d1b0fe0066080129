/** How much is done. */
export interface Sizes {
  readonly slices: number;
  readonly bigMib: number;
  readonly searches: number;
  readonly metadataReads: number;
  readonly rounds: number;
}

/** The figures that are published. */
export const fullSizes: Sizes = { slices: 500, bigMib: 1024, searches: 200, metadataReads: 20, rounds: 3 };

/** A look whether something has become slow. */
export const quickSizes: Sizes = { slices: 100, bigMib: 128, searches: 50, metadataReads: 5, rounds: 1 };
