import { readdirSync, readFileSync } from 'node:fs';
import { constants, inflateRawSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { readSearchable, type DicomJsonObject } from '@bucky/catalog';
import { defaultPolicies } from '../archive.js';
import { Arrival } from './arrival.js';
import { headerBudget } from './header-room.js';
import { makeRecord } from './make-record.js';

const fixtures = new URL('../../../../fixtures/', import.meta.url);
const names = readdirSync(fixtures).filter((name) => name.endsWith('.dcm'));

it.each(names)('searches %s by what its metadata say, as a catalog that is made anew will', async (name) => {
  const arrival = new Arrival({ policies: defaultPolicies, headerBudget: headerBudget(defaultPolicies) });
  await arrival.look(readFileSync(new URL(name, fixtures)));
  const arrived = arrival.finish();
  const origin = {
    key: 'a.dcm' as Parameters<typeof makeRecord>[1]['key'],
    receipt: '01hzzzzzzzzzzzzzzzzzzzzzzz',
    source: 'test',
  };
  const { metadata, searchable } = await makeRecord(arrived, origin, defaultPolicies);
  const text = inflateRawSync(metadata.deflated, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
  expect(searchable).toEqual(readSearchable(JSON.parse(text) as DicomJsonObject));
  expect(searchable['PatientName']).not.toBeUndefined();
});
