import { access, type Right } from '@bucky/ledger';
import type { Archive } from '@bucky/archive';
import type { Request, RequestHandler, Response } from 'express';
import { adminRoutes } from './admin-routes.js';
import { describeApi } from './api/describe-api.js';
import { holdRoutes } from './hold-routes.js';
import type { Identify } from './identify.js';
import type { Metrics } from './metrics.js';
import type { Log } from './log.js';
import type { Readiness } from './readiness.js';
import { upkeepRoutes, type UpkeepTimes } from './upkeep-routes.js';

/** Path below which DICOMweb is answered. */
export const dicomwebRoot = '/dicom-web';

/** One route of the server itself; those of DICOMweb stand in `@bucky/dicomweb`. */
export interface ServerRoute {
  /** GET, answered to HEAD as well, unless told otherwise. */
  readonly method?: 'POST';
  readonly path: string;
  /** The right it needs; `open` routes tell nothing that anyone may not know. */
  readonly right: Right | 'open';
  readonly handle: (req: Request, res: Response) => void | Promise<void>;
}

export interface RouteParts {
  readonly archive: Archive;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly upkeep: UpkeepTimes;
}

/** The table of the server's own routes. */
export function serverRoutes({ archive, log, metrics, readiness, upkeep }: RouteParts): readonly ServerRoute[] {
  const routes: readonly ServerRoute[] = [
    {
      path: '/',
      right: 'open',
      handle: (_req, res) => {
        res.redirect(302, '/viewer/');
      },
    },
    {
      path: '/healthz',
      right: 'open',
      handle: (_req, res) => {
        sendWord(res, 200, 'ok');
      },
    },
    {
      path: '/readyz',
      right: 'open',
      handle: (_req, res) => {
        if (readiness.isReady) sendWord(res, 200, 'ready');
        else sendWord(res, 503, 'not ready');
      },
    },
    {
      path: '/metrics',
      right: 'administer',
      handle: async (_req, res) => {
        const text = await metrics.text();
        res.set('Cache-Control', 'no-store').type(metrics.contentType).send(text);
      },
    },
    {
      path: '/api/openapi.json',
      right: 'open',
      handle: (_req, res) => {
        const text = JSON.stringify(describeApi(routes, dicomwebRoot));
        res.set('Cache-Control', 'no-cache').type('application/vnd.oai.openapi+json').send(text);
      },
    },
    ...adminRoutes(archive),
    ...holdRoutes(archive),
    ...upkeepRoutes({ archive, log, readiness, upkeep }),
  ];
  return routes;
}

/** Wraps a route's handler in the decision whether it may be asked. */
export function guarded({ right, handle }: ServerRoute, identify: Identify): RequestHandler {
  return async (req, res) => {
    if (right !== 'open') access(identify(req), right);
    await handle(req, res);
  };
}

function sendWord(res: Response, status: number, word: string): void {
  res.status(status).set('Cache-Control', 'no-store').type('text/plain').send(`${word}\n`);
}
