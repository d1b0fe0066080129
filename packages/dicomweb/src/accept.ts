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
  /**
   * What of the `transfer-syntax` parameter asks for it: Transfer Syntax UIDs, {@link anyTransferSyntax}, and
   * {@link noTransferSyntax} where it is the default. @see PS3.18 8.7.3.5.2
   */
  readonly transferSyntaxes?: readonly string[];
}

/** Any Transfer Syntax will do: the stored one, as it costs nothing. @see PS3.18 8.7.3.5.2 */
export const anyTransferSyntax = '*';
/** No Transfer Syntax was named: the default of the media type is meant. @see PS3.18 8.7.3, table 8.7.3-2 */
export const noTransferSyntax = '';

/** What a request accepts: lists of media ranges, of which a later one counts only when an earlier gives nothing. @see PS3.18 8.7.8.1 */
export type Acceptable = readonly (readonly MediaRange[])[];

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
 * Reads what a request accepts: its `accept` query parameter, then its header. Without the parameter an absent header
 * accepts everything. A `+` in the parameter is one, though forms write a space so: no media type has a space.
 * @see PS3.18 8.3.3.1, 8.7.8.1
 */
export function acceptOf(req: Pick<IncomingMessage, 'url' | 'headers'>): Acceptable {
  const { accept } = req.headers;
  const pairs = req.url?.split('?')[1]?.split('&') ?? [];
  const values = pairs
    .filter((pair) => pair.startsWith('accept='))
    .map((pair) => decoded(pair.slice('accept='.length)));
  if (values.length === 0) return [parseAccept(accept)];
  const parameter = parseAccept(values.join(','));
  return accept === undefined ? [parameter] : [parameter, parseAccept(accept)];
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
  const transferSyntax = parameters.get('transfer-syntax') ?? noTransferSyntax;
  if (offer.transferSyntaxes !== undefined) {
    if (!offer.transferSyntaxes.includes(transferSyntax)) return undefined;
    if (transferSyntax !== noTransferSyntax && transferSyntax !== anyTransferSyntax) score += 1;
  }
  return score;
}

/** Tells the weight of the range that names the offer most closely. @see RFC 9110 12.5.1 */
function weigh(ranges: readonly MediaRange[], offer: Offer): number {
  let weight = 0;
  let bestScore = -1;
  for (const range of ranges) {
    const score = closeness(range, offer);
    if (score === undefined || score < bestScore) continue;
    weight = score === bestScore ? Math.max(weight, range.weight) : range.weight;
    bestScore = score;
  }
  return weight;
}

/** Finds the offer that is wanted most; among equals the first; nothing when none is wanted. @see PS3.18 8.7.8.1, RFC 9110 12.5.1 */
export function findChoice<T extends Offer>(acceptable: Acceptable, offers: readonly T[]): T | undefined {
  for (const ranges of acceptable) {
    let chosen: T | undefined;
    let most = 0;
    for (const offer of offers) {
      const weight = weigh(ranges, offer);
      if (weight <= most) continue;
      most = weight;
      chosen = offer;
    }
    if (chosen !== undefined) return chosen;
  }
  return undefined;
}

/** Chooses the offer that is wanted most. Throws `not-acceptable` when nothing is left. @see PS3.18 8.7.8.1 */
export function choose<T extends Offer>(acceptable: Acceptable, offers: readonly T[]): T {
  const chosen = findChoice(acceptable, offers);
  if (chosen === undefined) throw notAcceptable();
  return chosen;
}

/** The error for a request of which nothing can be had. */
export function notAcceptable(): BuckyError {
  return new BuckyError('not-acceptable', 'None of the media types or transfer syntaxes asked for can be had here');
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
