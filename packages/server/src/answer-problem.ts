import type { ErrorCode } from '@bucky/dicom';
import { asBuckyError, sendProblem } from '@bucky/dicomweb';
import type { ErrorRequestHandler } from 'express';
import type { Log, LogLevel } from './log.js';
import { thrownFields } from './thrown-fields.js';

/** How loud the log tells of an error; those not named are the sender's own, and the line of the request tells of them. */
const loudness: Partial<Record<ErrorCode, LogLevel>> = {
  internal: 'error',
  damaged: 'error',
  unavailable: 'warn',
  full: 'warn',
};

/** Answers with what a handler threw, and logs what somebody here must look at. */
export function answerProblem(log: Log): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  return (thrown: unknown, req, res, _next) => {
    const error = asBuckyError(thrown);
    // What fails because the sender is gone is no failure.
    const level = req.socket.destroyed ? 'debug' : loudness[error.code];
    const { requestId } = res.locals as { requestId?: string };
    if (level !== undefined) log[level]('request.failed', { requestId, ...thrownFields(thrown) });
    sendProblem(error, res);
  };
}
