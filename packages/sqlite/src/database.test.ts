import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Database } from './database.js';
import { migrate } from './migrate.js';

let folder: string;
let database: Database;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-sqlite-'));
  database = new Database({ file: join(folder, 'test.sqlite') });
});

afterEach(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

describe('Database', () => {
  it('gives rows, changes and the last row id', () => {
    database.exec('CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT)');
    expect(database.run('INSERT INTO words (word) VALUES (?), (?)', 'one', 'two')).toEqual({ changes: 2, lastId: 2 });
    expect({ ...database.get('SELECT * FROM words WHERE word = ?', 'two') }).toEqual({ id: 2, word: 'two' });
    expect(database.get('SELECT * FROM words WHERE word = ?', 'three')).toBeUndefined();
    expect([...database.iterate('SELECT word FROM words')].map(({ word }) => word)).toEqual(['one', 'two']);
  });

  it('answers by more texts than it keeps statements', () => {
    const answers = Array.from({ length: 600 }, (_, n) => database.get(`SELECT ${n} AS n`)?.['n']);
    expect(answers).toEqual(Array.from({ length: 600 }, (_, n) => n));
  });

  it('undoes all of a transaction whose function throws', () => {
    database.exec('CREATE TABLE words (word TEXT)');
    const failing = () => {
      database.run('INSERT INTO words VALUES (?)', 'lost');
      throw new Error('on purpose');
    };
    expect(() => {
      database.transaction(failing);
    }).toThrow('on purpose');
    expect(database.all('SELECT * FROM words')).toEqual([]);
    database.transaction(() => database.run('INSERT INTO words VALUES (?)', 'kept'));
    expect(database.all('SELECT * FROM words')).toHaveLength(1);
  });

  it('syncs each commit and writes ahead', () => {
    expect(database.get('PRAGMA journal_mode')?.['journal_mode']).toBe('wal');
    expect(database.get('PRAGMA synchronous')?.['synchronous']).toBe(2);
  });

  it('refuses to write through a connection that only reads', () => {
    database.exec('CREATE TABLE words (word TEXT)');
    const reader = new Database({ file: join(folder, 'test.sqlite'), readOnly: true });
    expect(() => reader.run('INSERT INTO words VALUES (?)', 'no')).toThrow(/readonly/);
    reader.close();
  });
});

describe('migrate', () => {
  const steps = ['CREATE TABLE a (x)', 'CREATE TABLE b (x)', 'INSERT INTO b VALUES (1)'];

  it('runs each migration once, in order', () => {
    migrate(database, steps.slice(0, 2));
    migrate(database, steps);
    migrate(database, steps);
    expect(database.all('SELECT x FROM b')).toHaveLength(1);
    expect(database.get('PRAGMA user_version')?.['user_version']).toBe(3);
  });

  it('keeps what came before a migration that fails, and nothing of it', () => {
    expect(() => {
      migrate(database, [steps[0]!, 'CREATE TABLE c (x); CREATE TABLE c (x)']);
    }).toThrow();
    expect(database.get('PRAGMA user_version')?.['user_version']).toBe(1);
    expect(database.all("SELECT name FROM sqlite_schema WHERE name = 'c'")).toEqual([]);
  });

  it('refuses a database of a newer version', () => {
    migrate(database, steps);
    expect(() => {
      migrate(database, steps.slice(0, 1));
    }).toThrow(expect.objectContaining({ code: 'configuration', message: expect.stringMatching(/by a newer one/) }));
  });

  it('refuses a database whose migrations had another text', () => {
    migrate(database, steps.slice(0, 2));
    expect(() => {
      migrate(database, [steps[0]!, 'CREATE TABLE b (x, y)', steps[2]!]);
    }).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringMatching(/development version/) }),
    );
  });
});
