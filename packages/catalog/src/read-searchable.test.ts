import { afterEach, describe, expect, it } from '@jest/globals';
import { collect, everything, exampleCatalog, exampleRecord, type ExampleCatalog } from './example-record.js';
import { readSearchable } from './read-searchable.js';

const [description, software, request] = ['00081030', '00181020', '00400275'];

describe('what is kept of very long values', () => {
  it('is the first 1,024 characters, none of them in half', () => {
    const long = `${'ä'.repeat(1023)}😀 and more`;
    expect(readSearchable({ [description]: { vr: 'LO', Value: [long] } })).toEqual({
      StudyDescription: 'ä'.repeat(1023),
    });
  });

  it('is the first values of very many, and the first items', () => {
    const many = Array.from({ length: 1000 }, (_, n) => `version ${String(n).padStart(7, '0')}`); // 15, and what separates
    const items = many.map((text) => ({ '00400007': { vr: 'LO', Value: [text.padEnd(65)] } }));
    const found = readSearchable({
      [software]: { vr: 'LO', Value: many },
      [request]: { vr: 'SQ', Value: [...items, { '00400007': { vr: 'LO', Value: ['x'] } }] },
    });
    expect(found['SoftwareVersions']?.split('\\')).toEqual(many.slice(0, 256));
    const kept = JSON.parse(found['RequestAttributesSequence']!) as unknown[];
    expect(kept).toEqual(items.slice(0, kept.length));
    expect(JSON.stringify(kept).length).toBeLessThanOrEqual(65_536);
    expect(JSON.stringify(items.slice(0, kept.length + 1)).length).toBeGreaterThan(65_536);
  });

  it('is nothing of a Sequence whose first item is too long', () => {
    const item = { '00400007': { vr: 'LO', Value: ['x'.repeat(100_000)] } };
    expect(readSearchable({ [request]: { vr: 'SQ', Value: [item] } })).toEqual({});
  });
});

describe('a search for rows with much in them', () => {
  let example: ExampleCatalog | undefined;
  afterEach(() => example?.remove());

  it('hands over each, in batches of bounded size', async () => {
    example = await exampleCatalog();
    const values = {
      RequestAttributesSequence: JSON.stringify([{ '00400007': { vr: 'LO', Value: ['x'.repeat(60_000)] } }]),
    };
    const json = { '00080018': { vr: 'UI', Value: ['1'] } };
    const numbers = Array.from({ length: 150 }, (_, n) => n);
    await example.catalog.commit(
      numbers.map((n) => exampleRecord({ study: '1.2', series: `1.2.${n}`, instance: `1.3.${n}`, values, json })),
    );
    const { results } = await example.catalog.search(
      { level: 'series', matching: [], includeFields: [], orderBy: [], offset: 0 },
      everything,
    );
    const batches: number[] = [];
    const all = await collect(
      (async function* () {
        for await (const batch of results) {
          batches.push(batch.length);
          yield batch;
        }
      })(),
    );
    expect(new Set(all.map((one) => one['0020000E']?.Value?.[0])).size).toBe(150);
    expect(Math.max(...batches)).toBeLessThan(75);
  });
});
