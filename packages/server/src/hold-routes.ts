import { holdStudy, releaseStudy, type Archive } from '@bucky/archive';
import { BuckyError, parseUid } from '@bucky/dicom';
import { limitOf, nextOf } from './admin-routes.js';
import { paramOf, textOf } from './request-values.js';
import type { ServerRoute } from './routes.js';

/** Routes by which studies are held and released. Answers are JSON. */
export function holdRoutes(archive: Archive): readonly ServerRoute[] {
  return [
    {
      path: '/api/holds',
      right: 'administer',
      handle: async (req, res) => {
        const [limit, after = ''] = [limitOf(req), textOf(req, 'after')];
        const holds = await archive.ledger.holds({ after, limit });
        const page = { holds, ...nextOf(holds, limit, ({ studyUid }) => studyUid) };
        res.set('Cache-Control', 'no-store').json(page);
      },
    },
    {
      method: 'POST',
      path: '/api/holds/:study/:change',
      right: 'administer',
      handle: async (req, res) => {
        const [studyUid, change] = [parseUid(paramOf(req, 'study')), paramOf(req, 'change')];
        if (change === 'add') await holdStudy(archive, { studyUid, by: 'local', reason: textOf(req, 'reason') ?? '' });
        else if (change === 'remove') await releaseStudy(archive, { studyUid, by: 'local' });
        else throw new BuckyError('not-found', 'A hold is changed by add or remove');
        res.set('Cache-Control', 'no-store').json({ studyUid, change });
      },
    },
  ];
}
