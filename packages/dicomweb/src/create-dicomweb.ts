import { BuckyError, type Scope } from '@bucky/dicom';
import { access, type Identity, type Right } from '@bucky/ledger';
import type { Archive, ReceiveOutcome } from '@bucky/archive';
import express, { type ErrorRequestHandler, type Request, type Response, type Router } from 'express';
import { sendCapabilities } from './capabilities.js';
import { allowOrigin, sendOptions } from './cors.js';
import { asBuckyError, sendProblem } from './problem.js';
import { routes, type Route } from './routes.js';

export interface DicomwebParts {
  readonly archive: Archive;
  /** Path below which the services are reached, such as `/dicom-web`: the router itself is mounted at `/`. */
  readonly root: string;
  readonly identify: (req: Request) => Identity;
  /** Origins whose pages may ask, as browsers spell them. */
  readonly origins?: readonly string[];
  /** Decides what an identity may do; that of the ledger, unless a test asks as somebody without rights. */
  readonly decide?: (identity: Identity, right: Right) => Scope;
  /** Told once of each error of a request, ours or the sender's, before it is answered. */
  readonly onFailure?: (error: BuckyError, req: Request) => void;
  /** Told of what became of each file of a store, to be counted. */
  readonly onReceived?: (outcome: ReceiveOutcome) => void;
}

/** Makes the router of the DICOMweb services. What goes wrong is answered here. @see PS3.18 10 */
export function createDicomweb(given: DicomwebParts): Router {
  const parts = { ...given, onFailure: once(given.onFailure) };
  const { root, origins = [] } = parts;
  const router = express.Router({ caseSensitive: true });
  const here = root === '' ? '/*path' : `${root}{/*path}`;
  router.use((req, res, next) => {
    if (req.path === root || req.path.startsWith(`${root}/`)) allowOrigin(req, res, origins);
    next();
  });
  for (const route of routes) addRoute(router, route, parts);
  for (const path of new Set(routes.map((route) => route.path))) {
    const allow = allowOf(path);
    router.all(root + path, (req, res) => {
      if (req.method === 'OPTIONS') {
        answerOptions(req, res, { root, path, allow });
        return;
      }
      res.setHeader('Allow', allow);
      throw new BuckyError(
        'method-not-allowed',
        `This address does not know ${/^[A-Z]{1,20}$/.exec(req.method)?.[0] ?? 'this method'}`,
      );
    });
  }
  router.options([root === '' ? '/' : root, `${root}/`], (req, res) => {
    answerOptions(req, res, { root, path: '', allow: 'OPTIONS' });
  });
  router.all(here, () => {
    throw new BuckyError('not-found', 'There is no such resource here');
  });
  router.use(answerProblem(parts));
  return router;
}

/** A browser's preflight asks for less than the capabilities, which take an answer's body. @see PS3.18 8.9, Fetch 4.8 */
function answerOptions(req: Request, res: Response, at: { root: string; path: string; allow: string }): void {
  if (req.headers['access-control-request-method'] === undefined) sendCapabilities(req, res, at);
  else sendOptions(res, { allow: at.allow, allowed: res.hasHeader('Access-Control-Allow-Origin') });
}

const expressMethod = { GET: 'get', POST: 'post', DELETE: 'delete' } as const;

function addRoute(router: Router, { method, path, right, handle }: Route, parts: DicomwebParts): void {
  const { archive, root, identify, decide = access, onFailure, onReceived } = parts;
  router[expressMethod[method]](root + path, async (req, res) => {
    const scope = decide(identify(req), right);
    await handle({
      archive,
      root,
      scope,
      req,
      res,
      onFailure: (error) => onFailure?.(error, req),
      onReceived: (outcome) => onReceived?.(outcome),
    });
  });
}

function allowOf(path: string): string {
  const methods = routes.filter((route) => route.path === path).map(({ method }) => method);
  return [...methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])), 'OPTIONS'].join(', ');
}

/** A store tells of what failed a file and may then fail as a whole for the same. */
function once(tell: DicomwebParts['onFailure']): (error: BuckyError, req: Request) => void {
  const told = new WeakSet<BuckyError>();
  return (error, req) => {
    if (told.has(error)) return;
    told.add(error);
    tell?.(error, req);
  };
}

function answerProblem({ onFailure }: DicomwebParts): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  return (thrown: unknown, req, res, _next) => {
    const error = asBuckyError(thrown);
    onFailure?.(error, req);
    sendProblem(error, res);
  };
}
