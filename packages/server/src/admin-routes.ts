import { conflictDifference, decideConflict, undelete, type Archive, type Verdict } from '@bucky/archive';
import { BuckyError } from '@bucky/dicom';
import type { Request, Response } from 'express';
import { numberOf, paramOf, textOf } from './request-values.js';
import type { ServerRoute } from './routes.js';

const mostOfPage = 1000;

/** Routes by which the archive is looked after; the command line uses them too. Answers are JSON. */
export function adminRoutes(archive: Archive): readonly ServerRoute[] {
  const { catalog } = archive;
  const route = (
    path: string,
    answer: (req: Request) => Promise<unknown>,
    method?: ServerRoute['method'],
  ): ServerRoute => ({
    path,
    right: 'administer',
    ...(method === undefined ? {} : { method }),
    handle: async (req, res: Response) => {
      const body = await answer(req);
      res.set('Cache-Control', 'no-store').json(body);
    },
  });
  return [
    route('/api/conflicts', async (req) => {
      const [limit, after, studyUid] = [limitOf(req), textOf(req, 'after'), textOf(req, 'study')];
      const all = textOf(req, 'all') === 'true';
      const asked = { ...(after === undefined ? {} : { after }), ...(studyUid === undefined ? {} : { studyUid }) };
      const conflicts = await catalog.conflicts({ limit, all, ...asked });
      return { conflicts, ...nextOf(conflicts, limit, ({ receipt }) => receipt) };
    }),
    route('/api/conflicts/:receipt', (req) => conflictDifference(archive, paramOf(req, 'receipt'))),
    route(
      '/api/conflicts/:receipt/:verdict',
      async (req) => {
        const verdict = verdictOf(paramOf(req, 'verdict'));
        await decideConflict(archive, { conflict: paramOf(req, 'receipt'), verdict, by: 'local' });
        return { receipt: paramOf(req, 'receipt'), verdict };
      },
      'POST',
    ),
    route('/api/deletions', async (req) => {
      const [limit, before] = [limitOf(req), textOf(req, 'before')];
      const deletions = await catalog.deletions({ limit, ...(before === undefined ? {} : { before }) });
      return { deletions, ...nextOf(deletions, limit, ({ receipt }) => receipt) };
    }),
    route('/api/deletions/:receipt/undo', (req) => undelete(archive, paramOf(req, 'receipt'), { by: 'local' }), 'POST'),
    route('/api/changes', async (req) => {
      const limit = limitOf(req);
      const changes = await catalog.changes({ after: numberOf(req, 'after', 0), limit });
      return { feed: await catalog.feedId(), changes, ...nextOf(changes, limit, ({ number }) => number) };
    }),
    route('/api/attention', async (req) => {
      const [limit, place] = [limitOf(req), textOf(req, 'after')];
      const [studyUid = '', keyword = ''] = (place ?? '').split(' ');
      const attention = await catalog.attention({ limit, after: { studyUid, keyword } });
      return { attention, ...nextOf(attention, limit, (last) => `${last.studyUid} ${last.keyword}`) };
    }),
  ];
}

/** Where to ask on, when the page was full. */
export function nextOf<T>(
  page: readonly T[],
  limit: number,
  key: (last: T) => string | number,
): { next?: string | number } {
  const last = page.length < limit ? undefined : page.at(-1);
  return last === undefined ? {} : { next: key(last) };
}

/** How many entries a page may have. Throws `invalid`. */
export function limitOf(req: Request): number {
  const limit = numberOf(req, 'limit', 100);
  if (limit < 1 || limit > mostOfPage) {
    throw new BuckyError('invalid', `The limit must be a whole number from 1 to ${mostOfPage}`);
  }
  return limit;
}

const verdicts: readonly Verdict[] = ['accept', 'discard', 'reopen'];

function verdictOf(text: string): Verdict {
  const verdict = verdicts.find((one) => one === text);
  if (verdict === undefined) throw new BuckyError('not-found', 'A conflict is decided by accept, discard or reopen');
  return verdict;
}
