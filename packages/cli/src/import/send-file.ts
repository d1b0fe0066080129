import { createReadStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, LocalServer } from '../local-server.js';
import { fateOf } from './fate-of.js';
import type { Fate } from './tally.js';

export interface FileToSend {
  readonly path: string;
  readonly size: number;
}

/** Sends one file as a single `application/dicom` body and tells what became of it. */
export async function sendFile(server: LocalServer, { path, size }: FileToSend, signal: AbortSignal): Promise<Fate> {
  for (;;) {
    const answer = await server.ask({
      method: 'POST',
      path: '/dicom-web/studies',
      // Without a length: the file may still grow or shrink.
      headers: { Accept: 'application/dicom+json', 'Content-Type': 'application/dicom' },
      body: createReadStream(path),
    });
    if (answer.status !== 503) return fateOf(answer, size);
    await delay(retryAfterMs(answer), undefined, { signal });
  }
}

function retryAfterMs({ headers }: Answer): number {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1000;
}
