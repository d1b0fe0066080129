/** Every code a {@link BuckyError} may carry; `docs/errors.md` lists each with its status and remedy. */
export const errorCodes = [
  'invalid',
  'not-dicom',
  'corrupt',
  'unidentified',
  'limit',
  'mismatch',
  'conflict',
  'not-found',
  'exists',
  'not-acceptable',
  'unsupported-media-type',
  'not-implemented',
  'method-not-allowed',
  'forbidden',
  'range-unsatisfiable',
  'too-large',
  'timeout',
  'busy',
  'full',
  'damaged',
  'unavailable',
  'locked',
  'aborted',
  'configuration',
  'internal',
] as const;

/** The closed set of what can go wrong on purpose. */
export type ErrorCode = (typeof errorCodes)[number];

/** The one error class: callers test `code`, people read `message`, which never holds patient data. */
export class BuckyError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BuckyError';
    this.code = code;
  }
}
