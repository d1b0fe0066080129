import { BuckyError, isUid, parseUid, type Uid } from '@bucky/dicom';
import { choose, parseAccept, type Acceptable, type MediaRange } from './accept.js';
import { queryPairs, type Exchange } from './exchange.js';
import { instanceRepresentations, offersOf } from './representations.js';
import { findInstance, sendAlone } from './wado-instances.js';

const dicom = 'application/dicom';

type Rule = 'required' | 'optional' | 'refused' | 'rendered';

/** The query parameters of both transactions of the service, and what becomes of each here. @see PS3.18 9.1.2, 9.4.1.2, 9.5.1.2 */
export const uriParameters: Readonly<Record<string, Rule>> = {
  requestType: 'required',
  studyUID: 'required',
  seriesUID: 'required',
  objectUID: 'required',
  contentType: 'optional',
  transferSyntax: 'optional',
  charset: 'refused',
  anonymize: 'refused',
  annotation: 'rendered',
  columns: 'rendered',
  frameNumber: 'rendered',
  iccprofile: 'rendered',
  imageAnnotation: 'rendered',
  imageQuality: 'rendered',
  presentationSeriesUID: 'rendered',
  presentationUID: 'rendered',
  region: 'rendered',
  rows: 'rendered',
  windowCenter: 'rendered',
  windowWidth: 'rendered',
};

/** Answers with one Instance as a Part 10 file, named by query parameters. @see PS3.18 9.4 */
export async function sendByUri(exchange: Exchange): Promise<void> {
  const { archive, scope, req } = exchange;
  const parameters = readParameters(req.url);
  const requestType = parameters.get('requestType');
  if (requestType !== 'WADO') throw new BuckyError('invalid', 'The parameter requestType must be WADO');
  const target = {
    studyUid: uidOf(parameters, 'studyUID'),
    seriesUid: uidOf(parameters, 'seriesUID'),
    instanceUid: uidOf(parameters, 'objectUID'),
  };
  const acceptable = acceptableOf(parameters, req.headers.accept);
  refuse(parameters);
  const instance = await findInstance(archive, target, scope);
  const offers = offersOf(instanceRepresentations(instance.located), { types: [dicom], alone: true });
  const alone = offers.filter(({ multipart }) => !multipart);
  await sendAlone(exchange, instance, choose(acceptable, alone));
}

/** Reads the parameters, each known and there once; names count letter for letter. Throws `invalid`. */
function readParameters(url: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of queryPairs(url)) {
    const shown = /^\w{1,32}$/.test(name) ? ` ${name}` : '';
    if (!Object.hasOwn(uriParameters, name)) throw new BuckyError('invalid', `Unknown parameter${shown} of WADO-URI`);
    if (parameters.has(name)) throw new BuckyError('invalid', `The parameter${shown} stands there twice`);
    parameters.set(name, value);
  }
  for (const [name, rule] of Object.entries(uriParameters)) {
    const isMissing = rule === 'required' && (parameters.get(name) ?? '') === '';
    if (isMissing) throw new BuckyError('invalid', `The parameter ${name} is missing`);
  }
  return parameters;
}

function uidOf(parameters: ReadonlyMap<string, string>, name: string): Uid {
  return parseUid(parameters.get(name) ?? '', `parameter ${name}`);
}

/**
 * Reads what is accepted: `contentType`, then the header; `transferSyntax` counts for media types that name none. A wildcard
 * in the header means the default, a rendered image. Throws `invalid`.
 * @see PS3.18 9.3, 9.4.1.2.3, 8.7.8.1
 */
function acceptableOf(parameters: ReadonlyMap<string, string>, accept: string | undefined): Acceptable {
  const transferSyntax = parameters.get('transferSyntax');
  if (transferSyntax !== undefined && transferSyntax !== '*' && !isUid(transferSyntax)) {
    throw new BuckyError('invalid', 'The parameter transferSyntax is not a valid UID');
  }
  const contentType = parameters.get('contentType');
  const lists = [contentType, accept].filter((text) => text !== undefined && text.trim() !== '').map(parseAccept);
  const named = lists.map((ranges) => ranges.filter(({ name }) => name !== '*/*'));
  return named.map((ranges) => ranges.map((range) => withTransferSyntax(range, transferSyntax)));
}

function withTransferSyntax(range: MediaRange, transferSyntax: string | undefined): MediaRange {
  if (transferSyntax === undefined || range.parameters.has('transfer-syntax')) return range;
  return { ...range, parameters: new Map([...range.parameters, ['transfer-syntax', transferSyntax]]) };
}

/** Refuses what would give another answer than was asked for, above all one that names the patient. */
function refuse(parameters: ReadonlyMap<string, string>): void {
  for (const name of parameters.keys()) {
    if (uriParameters[name] === 'refused') {
      throw new BuckyError('not-acceptable', `Instances are sent as they were stored: ${name} cannot be had here`);
    }
    if (uriParameters[name] === 'rendered') {
      throw new BuckyError('not-acceptable', `The parameter ${name} is for rendered images, which cannot be had here`);
    }
  }
}
