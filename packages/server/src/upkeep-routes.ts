import { purge, sweep, verify, type Archive, type VerifyEvent } from '@bucky/archive';
import { BuckyError } from '@bucky/dicom';
import type { Request } from 'express';
import type { Log } from './log.js';
import { numberOf, textOf } from './request-values.js';
import type { ServerRoute } from './routes.js';
import { sendLines, type Surroundings } from './send-lines.js';

/** How long upkeep leaves things alone unless a request says otherwise. */
export interface UpkeepTimes {
  /** Age that an orphan must have. */
  readonly sweepGraceMs: number;
  /** How long what was deleted can be brought back. */
  readonly trashMs: number;
}

interface UpkeepParts extends Surroundings {
  readonly archive: Archive;
  readonly upkeep: UpkeepTimes;
}

/** Routes of long work that looks after the archive: each answers with lines of JSON while it goes on. */
export function upkeepRoutes({ archive, log, readiness, upkeep }: UpkeepParts): readonly ServerRoute[] {
  const route = (
    path: string,
    work: (req: Request) => (signal: AbortSignal) => AsyncIterable<object>,
  ): ServerRoute => ({
    method: 'POST',
    path,
    right: 'administer',
    handle: (req, res) => sendLines(res, { log, readiness }, work(req)),
  });
  return [
    route('/api/verify', (req) => {
      const [bytes, bytesPerSecond] = [countOf(req, 'bytes'), countOf(req, 'rate')];
      const asked = { ...(bytes && { bytes }), ...(bytesPerSecond && { bytesPerSecond }) };
      return (signal) => tellDamage(verify(archive, { ...asked, signal }), log);
    }),
    route('/api/sweep', (req) => {
      const hours = countOf(req, 'olderThan');
      const graceMs = hours === undefined ? upkeep.sweepGraceMs : hours * 3_600_000;
      const [dryRun, all] = [isAsked(req, 'dryRun'), isAsked(req, 'all')];
      return (signal) => sweep(archive, { graceMs, dryRun, all, signal });
    }),
    route('/api/purge', (req) => {
      const dryRun = isAsked(req, 'dryRun');
      return (signal) => purge(archive, { trashMs: upkeep.trashMs, dryRun, signal });
    }),
  ];
}

/** Gets a count that may be left out. Throws `invalid`. */
function countOf(req: Request, name: string): number | undefined {
  if (req.query[name] === undefined) return undefined;
  const count = numberOf(req, name, 0);
  if (count < 1) throw new BuckyError('invalid', `The ${name} must be at least 1`);
  return count;
}

/** Tells whether a query parameter says `true`. */
function isAsked(req: Request, name: string): boolean {
  return textOf(req, name) === 'true';
}

/** Passes on what a verification tells, and has the log tell of damage too: somebody must look at it. */
async function* tellDamage(events: AsyncIterable<VerifyEvent>, log: Log): AsyncIterable<VerifyEvent> {
  for await (const event of events) {
    if (event.kind === 'damaged') {
      const { key, damage, studyUid, seriesUid, instanceUid } = event;
      log.error('vault.damaged', { key, damage, studyUid, seriesUid, instanceUid });
    }
    yield event;
  }
}
