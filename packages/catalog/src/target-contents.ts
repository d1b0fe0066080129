import { createHash } from 'node:crypto';
import type { Scope, Uid } from '@bucky/dicom';
import type { Database } from '@bucky/sqlite';
import type { Target } from './catalog.js';
import { fromInstances, isMisdeclared } from './located-instance.js';
import { inScope, scopeParameters } from './scope-sql.js';

/** What a retrieve of a target must know before it begins: what there is, without where it lies. */
export interface TargetContents {
  /** Digest of the bytes of all Instances in their order; another one whenever any of them changes. */
  readonly version: string;
  /** Which encodings there are. */
  readonly encodings: readonly Encoding[];
}

/** How some Instances of a target are stored. */
export interface Encoding {
  readonly transferSyntaxUid: Uid;
  /** File Meta Information names another Transfer Syntax, or none. */
  readonly misdeclared: boolean;
  readonly instances: number;
}

const contentsSql = `
  SELECT i.sha256, i.available_transfer_syntax_uid AS uid, i.oddities FROM ${fromInstances}
  WHERE s.study_instance_uid = ? AND (? IS NULL OR e.series_instance_uid = ?) AND ${inScope}
  ORDER BY e.series_order, e.series_instance_uid, i.instance_order, i.sop_instance_uid`;

/** Reads what a study or series is made of, in one walk that stays in the reader's thread; undefined when it is nothing. */
export function targetContents(
  database: Database,
  { studyUid, seriesUid }: Target,
  scope: Scope,
): TargetContents | undefined {
  const series = seriesUid ?? null;
  const digest = createHash('sha256');
  const encodings = new Map<string, Encoding>();
  for (const row of database.iterate(contentsSql, studyUid, series, series, ...scopeParameters(scope))) {
    digest.update(String(row['sha256']));
    const transferSyntaxUid = row['uid'] as Uid; // checked when it came in
    const misdeclared = isMisdeclared(String(row['oddities']));
    const key = `${transferSyntaxUid} ${misdeclared}`;
    const instances = (encodings.get(key)?.instances ?? 0) + 1;
    encodings.set(key, { transferSyntaxUid, misdeclared, instances });
  }
  if (encodings.size === 0) return undefined;
  return { version: digest.digest('hex').slice(0, 32), encodings: [...encodings.values()] };
}
