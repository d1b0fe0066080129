import { BuckyError } from '@bucky/dicom';
import type { Database, Row } from '@bucky/sqlite';
import { conflictReason, putAside, takeAside } from './aside.js';
import { enterChange } from './changes.js';
import { Gathering } from './gathering.js';
import { insertInstance } from './insert-instance.js';
import type { Decision } from './instance-record.js';
import { known, liveRecord, removeInstance } from './live-instance.js';

/**
 * Carries out a decision about a file that is aside. `accept` has it count, and what held its UID is kept as `replaced`;
 * `discard` closes the conflict; `reopen` undoes either. Throws `not-found` and `conflict`.
 */
export function decide(database: Database, decision: Decision): void {
  switch (decision.verdict) {
    case 'accept':
      accept(database, decision);
      break;
    case 'discard':
      setState(database, decision, { from: 'conflict', to: 'discarded' });
      break;
    case 'reopen':
      reopen(database, decision);
      break;
  }
}

function accept(database: Database, { receipt, conflict }: Decision): void {
  const row = asideRow(database, conflict);
  swap(database, { into: conflict, instanceUid: String(row['instance_uid']), fact: receipt, left: 'replaced' });
}

function reopen(database: Database, decision: Decision): void {
  const live = liveRecord(database, decision.conflict);
  if (live === undefined) {
    setState(database, decision, { from: 'discarded', to: 'conflict' });
    return;
  }
  const sql = `SELECT receipt FROM aside WHERE state = 'replaced' AND against_receipt = ? AND deletion IS NULL`;
  const before = database.get(sql, decision.conflict)?.['receipt'];
  if (before === undefined) throw new BuckyError('conflict', 'There is no decision about this file to undo');
  const { instanceUid } = live;
  swap(database, { into: String(before), instanceUid, fact: decision.receipt, left: 'conflict' });
}

/** Has a file that is aside count, and puts aside what held its UID. */
function swap(
  database: Database,
  change: {
    readonly into: string;
    readonly instanceUid: string;
    readonly fact: string;
    readonly left: 'replaced' | 'conflict';
  },
): void {
  const { into, instanceUid, fact, left } = change;
  const gathering = new Gathering(database);
  const record = takeAside(database, into);
  if (record === undefined) throw new BuckyError('not-found', 'There is no such conflict');
  const holder = known(database, instanceUid);
  const live = holder === undefined ? undefined : liveRecord(database, holder.receipt);
  if (live !== undefined) {
    const { id, ...kept } = live;
    removeInstance(database, id);
    gathering.remove({ ...live, length: live.location.length }, fact);
    putAside(database, kept, { state: left, against: into, reason: conflictReason(kept, record) ?? 'other-bytes' });
  }
  insertInstance(database, record, { series: gathering.add(record, fact) });
  gathering.save();
  enterChange(database, 'decided', { ...record, receipt: fact });
}

function setState(
  database: Database,
  { receipt, conflict }: Decision,
  { from, to }: { readonly from: string; readonly to: string },
): void {
  const row = asideRow(database, conflict);
  if (row['state'] !== from)
    throw new BuckyError('conflict', `This file is not ${from === 'conflict' ? 'in conflict' : from}`);
  database.run('UPDATE aside SET state = ? WHERE receipt = ?', to, conflict);
  const [studyUid, seriesUid, instanceUid] = [row['study_uid'], row['series_uid'], row['instance_uid']].map(String);
  enterChange(database, 'decided', { studyUid: studyUid!, seriesUid: seriesUid!, instanceUid: instanceUid!, receipt });
}

function asideRow(database: Database, receipt: string): Row {
  const sql = `SELECT * FROM aside WHERE receipt = ? AND deletion IS NULL AND state IN ('conflict', 'discarded', 'replaced')`;
  const row = database.get(sql, receipt);
  if (row === undefined) throw new BuckyError('not-found', 'There is no such conflict');
  return row;
}
