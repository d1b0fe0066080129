import type { IncomingMessage } from 'node:http';
import { BuckyError } from '@bucky/dicom';
import { parseMediaType, splitList, type MediaType } from './media-type.js';

/** One entry of an Accept header. @see RFC 9110 12.5.1 */
export interface MediaRange extends MediaType {
  /** From 0, not wanted, to 1. */
  readonly weight: number;
}

/** A representation that can be had: its media type with the parameters that choose among several. @see PS3.18 8.7.3 */
export interface Offer {
  readonly name: string;
  /** Of multipart: the media type of the parts. */
  readonly type?: string;
  /** Transfer Syntaxes under which these same bytes may be asked for. */
  readonly transferSyntaxUids?: readonly string[];
}

const everything: readonly MediaRange[] = [{ name: '*/*', parameters: new Map(), weight: 1 }];

/** Reads an Accept header; entries that are none are skipped, an absent or empty header accepts everything. */
export function parseAccept(header: string | undefined): readonly MediaRange[] {
  if (header === undefined || header.trim() === '') return everything;
  return splitList(header).flatMap((entry) => {
    const type = parseMediaType(entry);
    return type === undefined ? [] : [{ ...type, weight: weightOf(type.parameters.get('q')) }];
  });
}

/** A weight that is none counts as 1, so that a sloppy client gets an answer. @see RFC 9110 12.4.2 */
function weightOf(text: string | undefined): number {
  const weight = Number(text ?? '1');
  return Number.isFinite(weight) ? Math.min(1, Math.max(0, weight)) : 1;
}

/**
 * Reads what a request accepts: its `accept` query parameter where there is one, else its header. A `+` in the
 * parameter is one, though forms write a space so: no media type has a space. @see PS3.18 8.3.3.1
 */
export function acceptOf(req: Pick<IncomingMessage, 'url' | 'headers'>): readonly MediaRange[] {
  const query = req.url?.split('?')[1];
  if (query === undefined || !query.includes('accept=')) return parseAccept(req.headers.accept);
  const values = query.split('&').filter((pair) => pair.startsWith('accept='));
  if (values.length === 0) return parseAccept(req.headers.accept);
  return parseAccept(values.map((pair) => decoded(pair.slice('accept='.length))).join(','));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new BuckyError('invalid', 'The parameter accept is not percent-encoded UTF-8');
  }
}

/** How closely a range names an offer, or undefined when it does not. The more it says, the more it counts. */
function closeness({ name, parameters }: MediaRange, offer: Offer): number | undefined {
  let score = 0;
  if (name !== '*/*') {
    if (name === offer.name) score = 2;
    else if (name.endsWith('/*') && offer.name.startsWith(name.slice(0, -1))) score = 1;
    else return undefined;
  }
  const type = parameters.get('type')?.toLowerCase();
  if (type !== undefined && offer.type !== undefined) {
    if (type === offer.type) score += 2;
    else if (type === '*/*' || (type.endsWith('/*') && offer.type.startsWith(type.slice(0, -1)))) score += 1;
    else return undefined;
  }
  const transferSyntax = parameters.get('transfer-syntax');
  if (transferSyntax !== undefined && transferSyntax !== '*' && offer.transferSyntaxUids !== undefined) {
    if (!offer.transferSyntaxUids.includes(transferSyntax)) return undefined;
    score += 1;
  }
  return score;
}

/** The weight of the range that names the offer most closely, and that range. */
function weigh(ranges: readonly MediaRange[], offer: Offer): { readonly weight: number; readonly range?: MediaRange } {
  let best: MediaRange | undefined;
  let bestScore = -1;
  for (const range of ranges) {
    const score = closeness(range, offer);
    if (score === undefined || score < bestScore) continue;
    if (score === bestScore && best !== undefined && best.weight >= range.weight) continue;
    best = range;
    bestScore = score;
  }
  return best === undefined ? { weight: 0 } : { weight: best.weight, range: best };
}

/** What was chosen, and the range that chose it. */
export interface Chosen<T> {
  readonly offer: T;
  readonly range: MediaRange;
}

/** Chooses the offer that is wanted most; among equals the first. Throws `not-acceptable`. @see PS3.18 8.7.5, RFC 9110 12.5.1 */
export function choose<T extends Offer>(ranges: readonly MediaRange[], offers: readonly T[]): Chosen<T> {
  let chosen: Chosen<T> | undefined;
  let most = 0;
  for (const offer of offers) {
    const { weight, range } = weigh(ranges, offer);
    if (weight <= most || range === undefined) continue;
    most = weight;
    chosen = { offer, range };
  }
  if (chosen !== undefined) return chosen;
  throw new BuckyError('not-acceptable', 'None of the media types or transfer syntaxes asked for can be had here');
}

/** Chooses how an answer is coded: gzip where it is accepted. @see RFC 9110 12.5.3 */
export function codingOf(header: string | undefined): 'gzip' | 'identity' {
  if (header === undefined) return 'identity';
  let any = 0;
  for (const entry of header.split(',')) {
    const [name = '', ...parameters] = entry.split(';').map((text) => text.trim().toLowerCase());
    const weight = weightOf(parameters.find((text) => text.startsWith('q='))?.slice(2));
    if (name === 'gzip' || name === 'x-gzip') return weight > 0 ? 'gzip' : 'identity';
    if (name === '*') any = weight;
  }
  return any > 0 ? 'gzip' : 'identity';
}
