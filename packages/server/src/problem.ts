import { BuckyError, type ErrorCode } from '@bucky/dicom';
import type { Response } from 'express';

const statusOf: Partial<Record<ErrorCode, number>> = {
  invalid: 400,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  timeout: 408,
};

/** Answers with what went wrong. */
export function sendProblem(thrown: unknown, res: Response): void {
  const error = thrown instanceof BuckyError ? thrown : new BuckyError('internal', 'Internal error');
  if (res.headersSent) {
    res.destroy();
    return;
  }
  res.status(statusOf[error.code] ?? 500);
  res.type('application/problem+json').send(JSON.stringify({ code: error.code, detail: error.message }));
}
