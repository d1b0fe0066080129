import type { Scope } from '@bucky/dicom';
import type { SqlValue } from '@bucky/sqlite';

/** Restricts a statement on `studies s` to a Scope; takes the two {@link scopeParameters}, so that its text never changes. */
export const inScope = '(? IS NULL OR s.study_instance_uid IN (SELECT value FROM json_each(?)))';

/** The parameters of {@link inScope}. */
export function scopeParameters(scope: Scope): readonly [SqlValue, SqlValue] {
  const uids = scope.kind === 'everything' ? null : JSON.stringify(scope.studyUids);
  return [uids, uids];
}
