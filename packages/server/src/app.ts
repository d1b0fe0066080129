import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Archive } from '@bucky/archive';
import { BuckyError } from '@bucky/dicom';
import { createDicomweb, sendProblem } from '@bucky/dicomweb';
import express, { type RequestHandler } from 'express';
import { answerProblem } from './answer-problem.js';
import type { FloorRateWatch } from './floor-rate.js';
import { identifyLocal } from './identify.js';
import type { Log } from './log.js';
import { logFailure } from './log-failure.js';
import type { Metrics } from './metrics.js';
import type { Readiness } from './readiness.js';
import { dicomwebRoot, guarded, serverRoutes } from './routes.js';
import { checkHost } from './security/host.js';
import { checkOrigin } from './security/origin.js';
import type { UpkeepTimes } from './upkeep-routes.js';
import { checkTransferCoding } from './security/transfer-coding.js';
import { serveViewer } from './viewer/serve-viewer.js';
import type { ViewerFiles } from './viewer/viewer-files.js';
import { watchBody } from './watch-body.js';
import { watchRequest } from './watch-request.js';

export interface AppParts {
  readonly archive: Archive;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly bodies: FloorRateWatch;
  readonly viewer: ViewerFiles | undefined;
  readonly upkeep: UpkeepTimes;
  /** Host names under which this server is known besides the loopback ones. */
  readonly publicHosts: readonly string[];
  /** Origins whose pages may read and write here, as browsers spell them. */
  readonly corsOrigins: readonly string[];
  /** True behind the local socket, which no browser reaches: no Host header is asked of it. */
  readonly isLocalSocket: boolean;
}

/** Handles one request of a plain HTTP server. */
export type App = (req: IncomingMessage, res: ServerResponse) => void;

/** Composes all that the server answers. */
export function createApp(parts: AppParts): App {
  const { archive, log, metrics, viewer, corsOrigins } = parts;
  const app = express();
  app.enable('case sensitive routing');
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(watchRequest(log, metrics), commonHeaders(parts.readiness), guard(parts), watchBodies(parts.bodies));
  for (const route of serverRoutes(parts)) {
    app[route.method === 'POST' ? 'post' : 'get'](route.path, guarded(route, identifyLocal));
  }
  app.use(
    createDicomweb({
      archive,
      root: dicomwebRoot,
      identify: identifyLocal,
      origins: corsOrigins,
      onReceived: (outcome) => {
        metrics.countInstance(outcome.kind);
        if ('repairs' in outcome) {
          const { studyUid, instanceUid } = outcome.identity;
          log.warn('instance.repaired', { studyUid, instanceUid, receipt: outcome.receipt, lost: outcome.repairs });
        }
        if (outcome.kind === 'stored' && outcome.differs.length > 0) {
          const { studyUid, instanceUid } = outcome.identity;
          log.warn('study.needs-attention', { studyUid, instanceUid, differs: outcome.differs.join(' ') });
        }
      },
      onFailure: (error, req) => {
        logFailure(log, error, req);
      },
    }),
  );
  app.use('/viewer', nameRoute('/viewer/*'), serveViewer(viewer));
  app.use(() => {
    throw new BuckyError('not-found', 'There is nothing at this address');
  });
  app.use(answerProblem(log));
  return app;
}

/** What all answers carry; the viewer has a policy of its own. */
const common = {
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // What senders stored may be HTML or SVG: opened as a page of ours, it could else do all that the viewer may. PDF still
  // shows in the viewer's frame.
  'Content-Security-Policy': `default-src 'none'; frame-ancestors 'self'; sandbox`,
};

function commonHeaders(readiness: Readiness): RequestHandler {
  return (_req, res, next) => {
    res.set(common);
    if (readiness.isStopping) res.set('Connection', 'close');
    next();
  };
}

/** Lets nobody in who was led here by a page of another origin. */
function guard({ publicHosts, corsOrigins, isLocalSocket }: AppParts): RequestHandler {
  return (req, res, next) => {
    const { host, origin } = req.headers;
    if (!isLocalSocket) checkHost(host, req.socket.localPort, publicHosts);
    const fetchSite = req.get('Sec-Fetch-Site');
    checkOrigin({ method: req.method, host, origin, fetchSite }, corsOrigins);
    refuseUndecodable(req, res);
    next();
  };
}

/** Nobody can tell where a body ends that is coded in a way we do not know: the connection ends with the answer. */
function refuseUndecodable(req: IncomingMessage, res: ServerResponse): void {
  try {
    checkTransferCoding(req.headers['transfer-encoding']);
  } catch (error) {
    res.setHeader('Connection', 'close');
    throw error;
  }
}

function watchBodies(bodies: FloorRateWatch): RequestHandler {
  return (req, res, next) => {
    watchBody(bodies, {
      req,
      res,
      refuse: (error) => {
        sendProblem(error, res);
      },
    });
    next();
  };
}

function nameRoute(template: string): RequestHandler {
  return (_req, res, next) => {
    res.locals['route'] = template;
    next();
  };
}
