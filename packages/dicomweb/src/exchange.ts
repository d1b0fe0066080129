import type { ServerResponse } from 'node:http';
import type { Archive, ReceiveOutcome } from '@bucky/archive';
import { BuckyError, parseUid, type Scope, type Uid } from '@bucky/dicom';
import type { Request } from 'express';

/** One request on its way, and all a handler needs to answer it. */
export interface Exchange {
  readonly archive: Archive;
  /** Path below which the services are mounted: every URL is built from it. */
  readonly root: string;
  /** What the identity may touch, by the right of the route. */
  readonly scope: Scope;
  readonly req: Request;
  readonly res: ServerResponse;
  /** Tells why a file of a request could not be stored, which the status of the answer may hide. */
  readonly onFailure: (error: BuckyError) => void;
  /** Counts what became of a received file. */
  readonly onReceived: (outcome: ReceiveOutcome) => void;
}

/** UIDs of the path, as far as it names them. */
export interface PathUids {
  readonly studyUid?: Uid;
  readonly seriesUid?: Uid;
  readonly instanceUid?: Uid;
}

/** Gets one parameter of the path as text. */
export function pathText({ req }: Exchange, name: string): string | undefined {
  const value: unknown = req.params[name];
  if (Array.isArray(value)) return value.join('/');
  return typeof value === 'string' ? value : undefined;
}

/** Reads the UIDs of the path. Throws `invalid`. */
export function pathUids(exchange: Exchange): PathUids {
  const [study, series, instance] = ['study', 'series', 'instance'].map((name) => pathText(exchange, name));
  return {
    ...(study === undefined ? {} : { studyUid: parseUid(study, 'Study Instance UID') }),
    ...(series === undefined ? {} : { seriesUid: parseUid(series, 'Series Instance UID') }),
    ...(instance === undefined ? {} : { instanceUid: parseUid(instance, 'SOP Instance UID') }),
  };
}

/** Reads the UIDs of a path that names at least a study. */
export function pathTarget(exchange: Exchange): PathUids & { readonly studyUid: Uid } {
  const { studyUid, ...others } = pathUids(exchange);
  if (studyUid === undefined) throw new TypeError('This route names no study');
  return { studyUid, ...others };
}

/** Reads the UIDs of a path that names an Instance. */
export function pathInstance(exchange: Exchange): Required<PathUids> {
  const { studyUid, seriesUid, instanceUid } = pathUids(exchange);
  if (studyUid === undefined || seriesUid === undefined || instanceUid === undefined) {
    throw new TypeError('This route names no instance');
  }
  return { studyUid, seriesUid, instanceUid };
}

/** Writes the Retrieve URL of a resource: a path, so that it holds behind any proxy and under any host. @see PS3.5 6.2, UR */
export function retrieveUrl(root: string, { studyUid, seriesUid, instanceUid }: PathUids): string {
  let url = `${root}/studies/${studyUid ?? ''}`;
  if (seriesUid !== undefined) url += `/series/${seriesUid}`;
  if (instanceUid !== undefined) url += `/instances/${instanceUid}`;
  return url;
}

/** Makes a signal that aborts when the connection closes before the answer has ended. */
export function signalOf(res: ServerResponse): AbortSignal {
  const controller = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) controller.abort(new BuckyError('aborted', 'The other side went away'));
  });
  return controller.signal;
}

/** Cuts a query string into pairs, decoded: a `+` is a space, as forms and Python's clients write it. Throws `invalid`. */
export function queryPairs(url: string): readonly (readonly [key: string, value: string])[] {
  const at = url.indexOf('?');
  if (at < 0) return [];
  const pairs = url
    .slice(at + 1)
    .split('&')
    .filter((pair) => pair !== '');
  return pairs.map((pair) => {
    const equals = pair.indexOf('=');
    return equals < 0 ? [decode(pair), ''] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    throw new BuckyError('invalid', 'The query is not percent-encoded UTF-8', { cause: error });
  }
}
