// Prints the Native DICOM Model of each file named on standard input, one line for each: { path, xml } or { path, error }.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Part10Reader, writeDicomJson } from '@bucky/dicom';
import { writeNativeXml } from '../packages/dicomweb/dist/native-xml.js';

for await (const path of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await line(path))}\n`);
}

async function line(path) {
  try {
    const reader = new Part10Reader();
    for await (const chunk of createReadStream(path)) reader.push(chunk);
    const { dataSet } = reader.finish();
    return { path, xml: writeNativeXml(JSON.parse(writeDicomJson(dataSet, { bulkDataUri: (at) => at }))) };
  } catch (error) {
    return { path, error: error.code ?? String(error) };
  }
}
