import type { ErrorCode } from '@bucky/dicom';
import { asBuckyError } from '@bucky/dicomweb';
import type { Request } from 'express';
import type { Log, LogLevel } from './log.js';
import { thrownFields } from './thrown-fields.js';

/** How loud the log tells of an error; those not named are the sender's own, and the line of the request tells of them. */
const loudness: Partial<Record<ErrorCode, LogLevel>> = {
  internal: 'error',
  configuration: 'error',
  damaged: 'error',
  full: 'error',
  unavailable: 'warn',
};

/** Logs what failed in a request, where somebody here must look at it. */
export function logFailure(log: Log, thrown: unknown, req: Request): void {
  const level = loudness[asBuckyError(thrown).code];
  if (level === undefined) return;
  const { requestId } = (req.res?.locals ?? {}) as { requestId?: string };
  // What fails because the sender is gone is no failure.
  log[req.socket.destroyed ? 'debug' : level]('request.failed', { requestId, ...thrownFields(thrown) });
}
