import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Archive } from '@bucky/archive';
import { BuckyError } from '@bucky/dicom';
import { createApp, type AppParts } from './app.js';
import { continueWhenRead } from './expectation.js';
import { FloorRateWatch, type FloorRate } from './floor-rate.js';
import { listen } from './listen.js';
import type { Log } from './log.js';
import { createMetrics } from './metrics.js';
import { startPurging } from './purging.js';
import { Readiness } from './readiness.js';
import { startSealing } from './sealing.js';
import { stopServers } from './stop-servers.js';
import { thrownFields } from './thrown-fields.js';
import type { UpkeepTimes } from './upkeep-routes.js';
import { readViewerFiles } from './viewer/viewer-files.js';

export interface ServerConfig {
  /** Address to listen on; without it only the socket is served. */
  readonly tcp?: { readonly host: string; readonly port: number };
  /** Path of the local socket, for this user's own commands. */
  readonly socketPath?: string;
  readonly publicHosts: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly floorRate: FloorRate;
  /** A Series is sealed once it has been quiet for so long. */
  readonly sealAfterMs: number;
  readonly upkeep: UpkeepTimes;
  /** How long requests under way may take to end once {@link RunningServer.close} is called. */
  readonly stopTimeoutMs: number;
  /** Folder of the prepared viewer, where it is not the one of this package. */
  readonly viewerFolder?: string;
}

export interface RunningServer {
  /** Port listened on; undefined without an address. */
  readonly port: number | undefined;
  /** Ends when the catalog has been looked through; it goes on beside the requests. */
  readonly integrityChecked: Promise<void>;
  /** Resolves when the server can be of no use any more, with why: close it, so that the process can be started anew. */
  readonly failed: Promise<BuckyError>;
  /**
   * Stops: `/readyz` answers 503, nothing new is taken, requests under way may end within the configured time and are cut
   * after it. The archive stays open.
   */
  close(): Promise<void>;
}

export interface ServerParts {
  readonly archive: Archive;
  readonly config: ServerConfig;
  readonly log: Log;
  /** Calls `work` about once a second with a time in milliseconds, until the returned function is called. */
  readonly everySecond?: (work: (nowMs: number) => void) => () => void;
}

interface Watching {
  readonly readiness: Readiness;
  readonly log: Log;
}

const everyRealSecond = (work: (nowMs: number) => void): (() => void) => {
  const ticking = setInterval(() => {
    work(performance.now());
  }, 1000).unref();
  return () => {
    clearInterval(ticking);
  };
};

const ownViewerFolder = fileURLToPath(new URL('../viewer', import.meta.url));

/** Starts to serve an archive by HTTP. Throws `configuration` when the address or the socket cannot be had. */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { archive, config, log, everySecond = everyRealSecond } = parts;
  const readiness = new Readiness();
  const bodies = new FloorRateWatch(config.floorRate);
  const metrics = createMetrics(archive);
  const viewer = readViewerFiles(config.viewerFolder ?? ownViewerFolder);
  if (viewer === undefined) log.warn('viewer.missing');
  const { publicHosts, corsOrigins, tcp, socketPath, upkeep } = config;
  const appParts: Omit<AppParts, 'isLocalSocket'> = {
    archive,
    log,
    metrics,
    readiness,
    bodies,
    viewer,
    upkeep,
    publicHosts,
    corsOrigins,
  };

  const servers: Server[] = [];
  const add = async (address: Parameters<typeof listen>[1], isLocalSocket: boolean): Promise<Server> => {
    const server = httpServer(createApp({ ...appParts, isLocalSocket }));
    await listen(server, address);
    servers.push(server);
    return server;
  };
  let port: number | undefined;
  try {
    if (tcp !== undefined) port = ((await add(tcp, false)).address() as AddressInfo).port;
    if (socketPath !== undefined) await add({ socketPath }, true);
  } catch (error) {
    await stopServers(servers, { timeoutMs: 0 });
    throw error;
  }
  const stopTicking = everySecond((nowMs) => {
    bodies.tick(nowMs);
  });
  const sealing = startSealing({ archive, log, sealAfterMs: config.sealAfterMs });
  const purging = startPurging({ archive, log, trashMs: upkeep.trashMs });
  readiness.started();
  log.info('server.started', { host: tcp?.host, port, socketPath });

  return {
    port,
    integrityChecked: checkIntegrity(archive, { readiness, log }),
    failed: catalogFailure(archive, { readiness, log }),
    async close() {
      readiness.stopping();
      log.info('server.stopping');
      try {
        await stopServers(servers, { timeoutMs: config.stopTimeoutMs });
      } finally {
        stopTicking();
        await Promise.all([sealing.stop(), purging.stop()]);
      }
      if (socketPath !== undefined) await rm(socketPath, { force: true });
      log.info('server.stopped');
    },
  };
}

/** Resolves when the catalog takes nothing any more although it was not closed. */
async function catalogFailure({ catalog }: Archive, { readiness, log }: Watching): Promise<BuckyError> {
  const cause = await catalog.ended;
  if (cause === undefined) return new Promise(() => undefined); // closed, as all else is then
  readiness.catalogFailed();
  log.error('catalog.failed', thrownFields(cause));
  return new BuckyError('unavailable', 'The catalog takes nothing any more, so that bucky stops: start it again', {
    cause,
  });
}

function httpServer(app: RequestListener): Server {
  const server = createServer({
    // A large upload may take hours; the floor rate watches over it instead.
    requestTimeout: 0,
    headersTimeout: 30_000,
    // Longer than the 60 s after which usual proxies drop an idle connection, so that they are first.
    keepAliveTimeout: 65_000,
  });
  server.on('request', app);
  server.on('checkContinue', (req, res) => {
    continueWhenRead(req, res);
    app(req, res);
  });
  return server;
}

/** Looks through the catalog beside the requests; damage makes the server unready, so that somebody comes. */
async function checkIntegrity({ catalog }: Archive, { readiness, log }: Watching): Promise<void> {
  try {
    if (await catalog.isSound()) {
      log.info('catalog.checked');
      return;
    }
    readiness.catalogFailed();
    log.error('catalog.damaged');
  } catch (error) {
    if (readiness.isStopping) return;
    readiness.catalogFailed();
    log.error('catalog.check-failed', thrownFields(error));
  }
}
