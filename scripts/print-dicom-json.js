// Prints the DICOM JSON of each file named on standard input, one line for each: { path, json, bulk } or { path, error }.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Part10Reader, writeDicomJson } from '@bucky/dicom';

for await (const path of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await line(path)}\n`);
}

async function line(path) {
  try {
    const reader = new Part10Reader();
    for await (const chunk of createReadStream(path)) reader.push(chunk);
    const { dataSet, bulkEntries, deflated } = reader.finish();
    const bulk = Object.fromEntries(bulkEntries.map((entry) => [entry.path, [entry.offset, entry.length]]));
    const json = writeDicomJson(dataSet, { bulkDataUri: (at) => at });
    return `{"path":${JSON.stringify(path)},"deflated":${deflated},"bulk":${JSON.stringify(bulk)},"json":${json}}`;
  } catch (error) {
    return JSON.stringify({ path, error: error.code, message: error.message });
  }
}
