import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BuckyError } from '@bucky/dicom';
import { asBuckyError } from '@bucky/dicomweb';
import type { Response } from 'express';
import type { Log } from './log.js';
import type { Readiness } from './readiness.js';
import { thrownFields } from './thrown-fields.js';

/** What long work is done beside. */
export interface Surroundings {
  readonly log: Log;
  readonly readiness: Readiness;
}

/**
 * Answers with what long work tells, as lines of JSON, no faster than they are read; the work is called off when the asker
 * goes or the server stops. What it throws once the answer has begun is its last line: `{ kind: 'failed', code, detail }`. The type is
 * `application/x-ndjson`.
 */
export async function sendLines(
  res: Response,
  { log, readiness }: Surroundings,
  work: (signal: AbortSignal) => AsyncIterable<object>,
): Promise<void> {
  const controller = new AbortController();
  res.once('close', () => {
    controller.abort();
  });
  const signal = AbortSignal.any([controller.signal, readiness.stop]);
  async function* lines(): AsyncGenerator<string, void> {
    try {
      for await (const event of work(signal)) yield `${JSON.stringify(event)}\n`;
    } catch (thrown) {
      if (controller.signal.aborted) return;
      const { code, message } = signal.aborted ? stopped : asBuckyError(thrown);
      if (!signal.aborted) log.error('upkeep.failed', thrownFields(thrown));
      yield `${JSON.stringify({ kind: 'failed', code, detail: message })}\n`;
    }
  }
  res.set({ 'Cache-Control': 'no-store', 'Content-Type': 'application/x-ndjson' });
  res.flushHeaders();
  await pipeline(Readable.from(lines()), res);
}

const stopped = new BuckyError('aborted', 'The server stops');
