// Measures the catalog at 10,000 studies and 100,000 instances: node packages/catalog/measure.js [FOLDER]
import { fork } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { openCatalog } from './dist/index.js';

const everything = { kind: 'everything' };
const families = ['Müller', 'Smith', 'Yamada', 'Nguyen', 'García', 'Okafor', 'Kowalski', 'Rossi', 'Dubois', 'Jensen'];
const givens = ['Anna', 'John', 'Taro', 'Linh', 'José', 'Ngozi', 'Łucja', 'Marco', 'Zoë', 'Bjørn', 'Ida', 'Paul'];
const metadata = deflated(
  JSON.stringify(Array.from({ length: 100 }, (_, n) => ({ [n]: { vr: 'LO', Value: [crc32(`${n}`)] } }))),
);

function deflated(text) {
  return {
    deflated: deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }),
    length: text.length,
    crc32: crc32(text),
  };
}

/** Ten instances in two series of one study. */
function* recordsOf(study) {
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
        StudyDate: `20${String(10 + (study % 16)).padStart(2, '0')}${String(1 + (study % 12)).padStart(2, '0')}${String(1 + (study % 28)).padStart(2, '0')}`,
        StudyTime: String(100000 + (study % 3600)),
        AccessionNumber: `A${study}`,
        PatientName: `${families[study % 10]}${study % 977}^${givens[study % 12]}`,
        PatientID: `P${study % 4000}`,
        StudyDescription: `CT Chest ${study % 50}`,
        ReferringPhysicianName: `Doctor${study % 100}^Ref`,
        Modality: n % 2 ? 'SR' : 'CT',
        SeriesNumber: String(n % 2),
        InstanceNumber: String(n),
        Rows: '512',
        Columns: '512',
        BitsAllocated: '16',
        ImageType: 'ORIGINAL\\PRIMARY\\AXIAL',
      },
      oddities: [],
      source: 'measure',
      receivedAt: '2026-11-25T00:00:00.000Z',
    };
  }
}

async function timed(name, times, work) {
  const taken = [];
  for (let n = 0; n < times; n++) {
    const begun = performance.now();
    await work(n);
    taken.push(performance.now() - begun);
  }
  taken.sort((one, other) => one - other);
  const at = (part) => taken[Math.floor(part * (taken.length - 1))].toFixed(2);
  console.log(`${name}: median ${at(0.5)} ms, 95 % ${at(0.95)} ms`);
}

const find = (catalog, matching, more = {}) =>
  catalog.find(
    { level: 'study', matching, includeFields: [], orderBy: [], limit: 101, offset: 0, ...more },
    everything,
  );
const key = (keyword, value) => [{ keyword, value }];

/** Fills the catalog, then dies without closing it. */
async function fill(file) {
  const catalog = await openCatalog({ file });
  const begun = performance.now();
  let batch = [];
  for (let study = 0; study < 10000; study++) {
    batch.push(...recordsOf(study));
    if (batch.length < 100) continue;
    await catalog.commit(batch);
    batch = [];
  }
  console.log(`commit, batches of 100: ${Math.round(100000 / ((performance.now() - begun) / 1000))} records/s`);
  process.kill(process.pid, 'SIGKILL');
}

async function main(folder) {
  const file = join(folder, 'catalog.sqlite');
  await new Promise((resolve) => fork(import.meta.filename, ['fill', file]).on('exit', resolve));
  await timed('open after an unclean stop', 1, async () => {
    const catalog = await openCatalog({ file });
    await catalog.newestReceipt();
    await catalog.close();
  });
  const catalog = await openCatalog({ file });
  await timed('open again', 5, async () => (await openCatalog({ file })).close());
  await timed('default page of 101 studies', 50, () => find(catalog, []));
  await timed('page of 101 studies at offset 5000', 20, () => find(catalog, [], { offset: 5000 }));
  await timed('exact PatientID', 50, (n) => find(catalog, key('PatientID', `P${n * 7}`)));
  await timed('exact AccessionNumber', 50, (n) => find(catalog, key('AccessionNumber', `A${n * 7}`)));
  await timed('exact PatientName', 50, (n) => find(catalog, key('PatientName', `smith${n * 7}^john`)));
  await timed('contains PatientName, few', 50, (n) => find(catalog, key('PatientName', `*ller${n * 7}*`)));
  await timed('contains PatientName, 1000 match', 50, () => find(catalog, key('PatientName', '*müller*')));
  await timed('contains PatientName, 2 letters', 50, () => find(catalog, key('PatientName', '*mü*')));
  await timed('contains PatientName, nobody', 50, () => find(catalog, key('PatientName', '*nobody*')));
  await timed('date range, one month', 50, () => find(catalog, key('StudyDate', '20150101-20150131')));
  await timed('ModalitiesInStudy', 50, () => find(catalog, key('ModalitiesInStudy', 'MR')));
  const studyUid = '1.2.826.0.1.3680043.77';
  const target = { studyUid, seriesUid: `${studyUid}.1`, instanceUid: `${studyUid}.1.1` };
  await timed('series of a study', 100, () => find(catalog, [], { level: 'series', studyUid }));
  await timed('first page of all series', 20, () => find(catalog, [], { level: 'series' }));
  await timed('first page of all instances', 20, () => find(catalog, [], { level: 'instance' }));
  await timed('frame table of an instance', 1000, () => catalog.frameTable(target, everything));
  await timed('known instance', 1000, () => catalog.known(target.instanceUid));
  await timed('metadata of a study', 100, async () => {
    for await (const batch of catalog.metadata({ studyUid }, everything)) if (batch.length !== 10) throw new Error();
  });
  await timed('counts', 20, () => catalog.counts(everything));
  await timed('check of the whole file', 1, () => catalog.isSound());
  await catalog.close();
}

if (process.argv[2] === 'fill') await fill(process.argv[3]);
else await main(process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'bucky-measure-'))));
