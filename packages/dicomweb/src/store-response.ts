import type { DicomJsonObject } from '@bucky/archive';
import type { ErrorCode, InstanceIdentity, Uid } from '@bucky/dicom';
import { retrieveUrl } from './exchange.js';
import type { StoreResult } from './store-tally.js';

/** Why an Instance was not stored, as the standard counts it. @see PS3.18 I.2.2, table I.2-2 */
const outOfResources = 0xa700;
const doesNotMatch = 0xa900;
const cannotUnderstand = 0xc000;
const processingFailure = 0x0110;
/** Ours: other bytes, or another place, under a SOP Instance UID that is taken. */
const conflict = 45070;
/** Ours: stored, but another Patient ID, birth date or sex than its Study has. */
const otherPatient = 45071;

const reasonOf: Readonly<Partial<Record<ErrorCode, number>>> = {
  'not-dicom': cannotUnderstand,
  corrupt: cannotUnderstand,
  unidentified: cannotUnderstand,
  invalid: cannotUnderstand,
  'unsupported-media-type': cannotUnderstand,
  limit: outOfResources,
  'too-large': outOfResources,
  full: outOfResources,
  busy: outOfResources,
  mismatch: doesNotMatch,
  conflict,
  exists: conflict,
};

/** What a store answers: the Store Instances Response Module, and the status that sums it up. */
export interface StoreResponse {
  readonly status: 200 | 202 | 409;
  readonly module: DicomJsonObject;
}

/**
 * Writes the Store Instances Response Module. Those Warning Reasons of the standard are never due that mean that something
 * was changed or left out: originals never are. @see PS3.18 10.5.3.1, I.2, tables I.2-1 and I.2-2
 */
export function storeResponse(results: readonly StoreResult[], root: string): StoreResponse {
  const referenced: DicomJsonObject[] = [];
  const failed: DicomJsonObject[] = [];
  const others: DicomJsonObject[] = [];
  const studies = new Set<Uid>();
  let warned = false;
  for (const result of results) {
    if (result.kind !== 'failed' && result.kind !== 'conflict') {
      referenced.push({
        ...reference(result.identity),
        '00081190': text('UR', retrieveUrl(root, result.identity)),
        ...(result.differs ? { '00081196': { vr: 'US', Value: [otherPatient] } } : {}),
      });
      if (result.differs) warned = true;
      studies.add(result.identity.studyUid);
      continue;
    }
    const FailureReason = { vr: 'US', Value: [reasonFor(result)] };
    if (result.identity.instanceUid === undefined) others.push({ '00081197': FailureReason });
    else failed.push({ ...reference(result.identity), '00081197': FailureReason });
  }
  const [studyUid, ...more] = studies;
  const failures = failed.length + others.length;
  return {
    status: failures === 0 ? (warned ? 202 : 200) : referenced.length === 0 ? 409 : 202,
    module: {
      ...(studyUid !== undefined && more.length === 0
        ? { '00081190': text('UR', retrieveUrl(root, { studyUid })) }
        : {}),
      ...(failed.length === 0 ? {} : { '00081198': { vr: 'SQ', Value: failed } }),
      ...(referenced.length === 0 ? {} : { '00081199': { vr: 'SQ', Value: referenced } }),
      ...(others.length === 0 ? {} : { '0008119A': { vr: 'SQ', Value: others } }),
    },
  };
}

function reasonFor(result: StoreResult): number {
  if (result.kind !== 'failed') return conflict;
  return reasonOf[result.code] ?? processingFailure;
}

function reference({ sopClassUid, instanceUid }: Partial<InstanceIdentity>): DicomJsonObject {
  return {
    ...(sopClassUid === undefined ? {} : { '00081150': text('UI', sopClassUid) }),
    ...(instanceUid === undefined ? {} : { '00081155': text('UI', instanceUid) }),
  };
}

function text(vr: string, value: string): { readonly vr: string; readonly Value: readonly string[] } {
  return { vr, Value: [value] };
}
