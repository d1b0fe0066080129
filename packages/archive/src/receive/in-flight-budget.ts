/** Bytes of uploads that may be in memory at once. */
export interface InFlightBudget {
  readonly isFull: boolean;
  reserve(bytes: number, signal?: AbortSignal): Promise<{ shrink(bytes: number): void; release(): void }>;
}
