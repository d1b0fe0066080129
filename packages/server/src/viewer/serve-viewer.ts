import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BuckyError } from '@bucky/dicom';
import type { Request, RequestHandler, Response } from 'express';
import type { ViewerFile, ViewerFiles } from './viewer-files.js';
import { cacheControlOf, looksLikeFile, mediaTypeOf, viewerHeaders } from './viewer-headers.js';

/** Codings a file may have a compressed twin in, the better one first. */
const codings = ['br', 'gzip'] as const;

/**
 * Serves the viewer below the path it is mounted at: its files by name, and index.html for every other path, as the pages of
 * the viewer are told apart in the browser. Only names in the list are ever opened.
 */
export function serveViewer(viewer: ViewerFiles | undefined): RequestHandler {
  const headers = viewer === undefined ? {} : viewerHeaders(viewer.scriptHashes);
  return async (req, res) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.set('Allow', 'GET, HEAD');
      throw new BuckyError('method-not-allowed', 'The viewer is only read');
    }
    if (viewer === undefined) throw new BuckyError('not-found', 'The viewer has not been made ready: run npm ci');
    if (req.path === '/' && !req.originalUrl.replace(/\?.*$/s, '').endsWith('/')) {
      res.redirect(308, `${req.baseUrl}/`);
      return;
    }
    const { name, file } = resolve(viewer, req.path);
    res.set(headers);
    await sendFile(join(viewer.folder, name), file, { name, req, res });
  };
}

/** Finds the file a path stands for. Throws `not-found`. */
function resolve(viewer: ViewerFiles, path: string): { readonly name: string; readonly file: ViewerFile } {
  const asked = path.slice(1);
  const name = viewer.files.has(asked) || looksLikeFile(asked) ? asked : 'index.html';
  const file = viewer.files.get(name);
  if (file === undefined) throw new BuckyError('not-found', 'The viewer has no such file');
  return { name, file };
}

interface Exchange {
  readonly name: string;
  readonly req: Request;
  readonly res: Response;
}

async function sendFile(path: string, file: ViewerFile, { name, req, res }: Exchange): Promise<void> {
  const coding = codings.find((one) => file[one] !== undefined && req.acceptsEncodings(one) === one);
  res.set({
    'Content-Type': mediaTypeOf(name),
    'Cache-Control': cacheControlOf(name),
    Vary: 'Accept-Encoding',
    ETag: `"${file.sha256.slice(0, 32)}${coding === undefined ? '' : `-${coding}`}"`,
  });
  if (req.fresh) {
    res.removeHeader('Content-Type');
    res.status(304).end();
    return;
  }
  if (coding !== undefined) res.set('Content-Encoding', coding);
  res.set('Content-Length', String(coding === undefined ? file.size : file[coding]));
  if (req.method === 'HEAD') {
    res.end();
    return;
  }
  const handle = await open(coding === undefined ? path : `${path}.${coding}`);
  await pipeline(handle.createReadStream(), res);
}
