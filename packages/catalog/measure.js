// Measures the catalog while it grows: node packages/catalog/measure.js [FOLDER] [STUDIES,STUDIES,…]. Writes FOLDER/figures.json, which scripts/plot-search.js draws.
import { fork } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { openCatalog } from './dist/index.js';

const everything = { kind: 'everything' };
const families = ['Müller', 'Smith', 'Yamada', 'Nguyen', 'García', 'Okafor', 'Kowalski', 'Rossi', 'Dubois', 'Jensen'];
const givens = ['Anna', 'John', 'Taro', 'Linh', 'José', 'Ngozi', 'Łucja', 'Marco', 'Zoë', 'Bjørn', 'Ida', 'Paul'];
const bodyParts = ['CHEST', 'HEAD', 'ABDOMEN', 'KNEE', 'SPINE'];
const metadata = deflated(
  JSON.stringify(
    Object.fromEntries(
      Array.from({ length: 100 }, (_, n) => [
        `0018${(0x1000 + n).toString(16).toUpperCase()}`,
        { vr: 'LO', Value: [crc32(`${n}`)] },
      ]),
    ),
  ),
);

function deflated(text) {
  return {
    deflated: deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }),
    length: text.length,
    crc32: crc32(text),
  };
}

const padded = (number) => String(number).padStart(2, '0');

/** Ten instances in two series of one study. */
function* recordsOf(study) {
  const rare = study % 1000 === 7;
  for (let n = 0; n < 10; n++) {
    const [studyUid, instanceUid] = [`1.2.826.0.1.3680043.${study}`, `1.2.826.0.1.3680043.${study}.${n % 2}.${n}`];
    const receipt = String(study * 10 + n).padStart(20, '0');
    yield {
      studyUid,
      seriesUid: `${studyUid}.${n % 2}`,
      instanceUid,
      sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
      transferSyntaxUid: '1.2.840.10008.1.2.1',
      receipt,
      location: { key: `studies/${studyUid}/${n}/${instanceUid}.${receipt}.dcm`, offset: 0, length: 524288 },
      sha256: crc32(instanceUid).toString(16).padStart(64, '0'),
      crc32: 1,
      deflated: false,
      frameTable: new Uint8Array(24),
      bulkEntries: [{ path: '7FE00010', vr: 'OW', offset: 1, length: 524288, crc32: 1 }],
      metadata,
      searchable: {
        StudyDate: `20${padded(10 + (study % 16))}${padded(1 + (study % 12))}${padded(1 + (study % 28))}`,
        StudyTime: String(100000 + (study % 3600)),
        AccessionNumber: `A${study}`,
        PatientName: `${families[study % 10]}${study % 977}^${givens[study % 12]}`,
        PatientID: `P${study % 40000}`,
        PatientSex: study % 2 ? 'F' : 'M',
        PatientBirthDate: `19${padded(study % 100)}${padded(1 + (study % 12))}11`,
        StudyID: `${study % 5000}`,
        StudyDescription: `CT ${bodyParts[study % 5]} ${study % 50}`,
        ReferringPhysicianName: `Doctor${study % 100}^Ref`,
        Modality: n % 2 ? 'SR' : rare ? 'MG' : 'CT',
        SeriesNumber: String(n % 2),
        SeriesDescription: `Axial ${study % 300}`,
        BodyPartExamined: bodyParts[study % 5],
        StationName: `STATION${study % 40}`,
        InstanceNumber: String(n),
        Rows: '512',
        Columns: '512',
        BitsAllocated: '16',
        ImageType: 'ORIGINAL\\PRIMARY\\AXIAL',
      },
      oddities: [],
      source: 'measure',
      receivedAt: '2026-01-01T00:00:00.000Z',
    };
  }
}

/** Figures by name: the median of many runs, in milliseconds. */
let figures = {};

async function timed(name, times, work) {
  const taken = [];
  for (let n = 0; n < times; n++) {
    const begun = performance.now();
    await work(n);
    taken.push(performance.now() - begun);
  }
  taken.sort((one, other) => one - other);
  const at = (part) => taken[Math.floor(part * (taken.length - 1))];
  figures[name] = Number(at(0.5).toFixed(2));
  console.log(`${name}: median ${at(0.5).toFixed(2)} ms, 95 % ${at(0.95).toFixed(2)} ms`);
}

const page = 100;
const find = (catalog, matching, more = {}) =>
  catalog.find(
    { level: 'study', matching, includeFields: [], orderBy: [], limit: page, offset: 0, ...more },
    everything,
  );
const key = (keyword, value) => [{ keyword, value }];

/** Fills the catalog from one study to another, then dies without closing it. */
async function fill(file, from, to) {
  const catalog = await openCatalog({ file });
  const begun = performance.now();
  let batch = [];
  for (let study = from; study < to; study++) {
    // The order of arrival is not that of the dates
    batch.push(...recordsOf(study));
    if (batch.length < 100) continue;
    await catalog.commit(batch);
    batch = [];
  }
  if (batch.length > 0) await catalog.commit(batch);
  console.log(`commit, batches of 100: ${Math.round((to - from) / ((performance.now() - begun) / 10000))} records/s`);
  process.kill(process.pid, 'SIGKILL');
}

async function measureSearches(catalog, studies) {
  const any = (n) => (n * 7919) % studies;
  await timed('first page', 50, () => find(catalog, []));
  await timed('page at half', 30, () => find(catalog, [], { offset: studies / 2 }));
  await timed('page at 90 %', 30, () => find(catalog, [], { offset: Math.floor(studies * 0.9) }));
  await timed('PatientID', 50, (n) => find(catalog, key('PatientID', `P${any(n) % 40000}`)));
  await timed('AccessionNumber', 50, (n) => find(catalog, key('AccessionNumber', `A${any(n)}`)));
  await timed('PatientName', 50, (n) => find(catalog, key('PatientName', `smith${n * 7}^john`)));
  await timed('PatientName *…*, few', 50, (n) => find(catalog, key('PatientName', `*ller${n * 7}*`)));
  await timed('PatientName *…*, a tenth', 50, () => find(catalog, key('PatientName', '*müller*')));
  await timed('PatientName *…*, 1 %', 50, () => find(catalog, key('PatientName', '*smith1*')));
  await timed('PatientName *…*, 2 letters', 50, () => find(catalog, key('PatientName', '*mü*')));
  await timed('PatientName *…*, nobody', 50, () => find(catalog, key('PatientName', '*nobody*')));
  await timed('PatientName, words', 50, (n) =>
    find(catalog, key('PatientName', `john smith${n * 7}`), { fuzzy: true }),
  );
  await timed('PatientID *…*', 50, (n) => find(catalog, key('PatientID', `*${1000 + n}*`)));
  await timed('AccessionNumber *…*', 50, (n) => find(catalog, key('AccessionNumber', `*${1000 + n}*`)));
  await timed('StudyDescription *…*, a fifth', 50, () => find(catalog, key('StudyDescription', '*chest*')));
  await timed('StudyDescription *…*, 2 %', 50, (n) =>
    find(catalog, key('StudyDescription', `*knee ${(n % 10) * 5 + 3}*`)),
  );
  await timed('StudyDate, a month', 50, () => find(catalog, key('StudyDate', '20150101-20151231')));
  await timed('ModalitiesInStudy, all', 50, () => find(catalog, key('ModalitiesInStudy', 'CT')));
  await timed('ModalitiesInStudy, 1 in 1000', 50, () => find(catalog, key('ModalitiesInStudy', 'MG')));
  await timed('ModalitiesInStudy, none', 50, () => find(catalog, key('ModalitiesInStudy', 'XA')));
  await timed('PatientSex, half', 50, () => find(catalog, key('PatientSex', 'F')));
  await timed('StationName, 1 in 40', 50, (n) => find(catalog, key('StationName', `STATION${n % 40}`)));
  await timed('name, date and modality', 50, () =>
    find(catalog, [
      ...key('PatientName', '*smith*'),
      ...key('StudyDate', '2015-'.replace('2015', '20150101')),
      ...key('ModalitiesInStudy', 'CT'),
    ]),
  );
  await timed('ordered by PatientName', 30, () =>
    find(catalog, [], { orderBy: [{ keyword: 'PatientName', descending: false }] }),
  );
  await timed('total of all studies', 30, () => find(catalog, [], { total: true }));
  await timed('total of a name', 20, () => find(catalog, key('PatientName', '*müller*'), { total: true }));
  const studyUid = `1.2.826.0.1.3680043.${77}`;
  await timed('series of a study', 100, () => find(catalog, [], { level: 'series', studyUid }));
  await timed('instances of a study', 100, () => find(catalog, [], { level: 'instance', studyUid }));
  await timed('first page of all series', 20, () => find(catalog, [], { level: 'series' }));
  await timed('first page of all instances', 20, () => find(catalog, [], { level: 'instance' }));
  await timed('all instances at 100,000', 10, () =>
    find(catalog, [], { level: 'instance', offset: Math.min(100_000, studies * 9) }),
  );
  await timed('instance by UID', 50, (n) =>
    find(catalog, key('SOPInstanceUID', `1.2.826.0.1.3680043.${any(n)}.1.1`), { level: 'instance' }),
  );
  await timed('Attribute without an index in a study', 50, () =>
    find(catalog, key('00181001', 'x'), { level: 'instance', studyUid }),
  );
}

async function measureRest(catalog) {
  const studyUid = '1.2.826.0.1.3680043.77';
  const target = { studyUid, seriesUid: `${studyUid}.1`, instanceUid: `${studyUid}.1.1` };
  await timed('frame table of an instance', 1000, () => catalog.frameTable(target, everything));
  await timed('known instance', 1000, () => catalog.known(target.instanceUid));
  await timed('metadata of a study', 100, async () => {
    for await (const batch of catalog.metadata({ studyUid }, everything)) if (batch.length !== 10) throw new Error();
  });
  await timed('counts', 20, () => catalog.counts(everything));
}

async function main(folder, sizes) {
  const file = join(folder, 'catalog.sqlite');
  const growth = [];
  let filled = 0;
  for (const studies of sizes) {
    figures = {};
    const words = [file, String(filled), String(studies)];
    if (studies > filled)
      await new Promise((resolve) => fork(import.meta.filename, ['fill', ...words]).on('exit', resolve));
    filled = studies;
    await timed('open after an unclean stop', 1, async () => {
      const catalog = await openCatalog({ file });
      await catalog.newestReceipt();
      await catalog.close();
    });
    const catalog = await openCatalog({ file });
    const { instances } = await catalog.counts(everything);
    if (instances !== studies * 10) throw new Error(`There are ${instances} instances, not ${studies * 10}`);
    console.log(`--- ${studies} studies, ${instances} instances`);
    await measureSearches(catalog, studies);
    await measureRest(catalog);
    await catalog.close();
    growth.push({ studies, processors: cpus().length, figures });
    await writeFile(join(folder, 'figures.json'), JSON.stringify(growth, null, 1));
  }
}

const [first, ...rest] = process.argv.slice(2);
if (first === 'fill') await fill(rest[0], Number(rest[1]), Number(rest[2]));
else {
  const folder = first ?? (await mkdtemp(join(tmpdir(), 'bucky-measure-')));
  await main(folder, (rest[0] ?? '2000,10000,30000,100000').split(',').map(Number));
  console.log(folder);
}
