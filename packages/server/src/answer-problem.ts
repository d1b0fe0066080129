import { asBuckyError, sendProblem } from '@bucky/dicomweb';
import type { ErrorRequestHandler } from 'express';
import type { Log } from './log.js';
import { logFailure } from './log-failure.js';

/** Answers with what a handler threw, and logs what somebody here must look at. */
export function answerProblem(log: Log): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  return (thrown: unknown, req, res, _next) => {
    logFailure(log, thrown, req);
    sendProblem(asBuckyError(thrown), res);
  };
}
