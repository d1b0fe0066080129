import { BuckyError, type ByteRange } from '@bucky/dicom';

/** Refuses a range that does not lie within an object of `size` bytes; an empty range inside it is allowed. */
export function assertRange({ start, end }: ByteRange, size: number): void {
  const whole = Number.isSafeInteger(start) && Number.isSafeInteger(end);
  if (whole && start >= 0 && start <= end && end <= size) return;
  throw new BuckyError('range-unsatisfiable', `Cannot read bytes ${start} to ${end} of an object of ${size} bytes`);
}
