import { retrieveZip } from '@bucky/archive';
import { BuckyError } from '@bucky/dicom';
import { acceptOf, anyTransferSyntax, choose, findChoice, noTransferSyntax, type Acceptable } from './accept.js';
import { pathTarget, type Exchange } from './exchange.js';
import { sendRanged } from './send-ranged.js';
import { sendInstances } from './wado-instances.js';

const zip = 'application/zip';

/** Answers with a study or series in the form that is wanted most: parts, or a ZIP of a file-set. @see PS3.18 10.4.4 */
export async function sendInstancesOrZip(exchange: Exchange): Promise<void> {
  const acceptable = acceptOf(exchange.req);
  const offer = choose(acceptable, [{ name: 'multipart/related', type: 'application/dicom' }, { name: zip }]);
  if (offer.name === zip) {
    await sendZip(exchange, acceptable);
    return;
  }
  try {
    await sendInstances(exchange);
  } catch (error) {
    const instead = findChoice(acceptable, [{ name: zip }]);
    if (instead === undefined || !(error instanceof BuckyError) || error.code !== 'not-acceptable') throw error;
    await sendZip(exchange, acceptable);
  }
}

/** Sends the ZIP; its name is the UID, which tells nothing of the patient. */
async function sendZip(exchange: Exchange, acceptable: Acceptable): Promise<void> {
  const { archive, scope } = exchange;
  const target = pathTarget(exchange);
  const found = await retrieveZip(archive, target, { scope });
  for (const transferSyntaxUid of found.transferSyntaxUids) {
    const transferSyntaxes = [noTransferSyntax, anyTransferSyntax, transferSyntaxUid];
    choose(acceptable, [{ name: zip, transferSyntaxes }]);
  }
  await sendRanged(exchange, {
    type: zip,
    size: found.size,
    version: found.version,
    fileName: `${target.seriesUid ?? target.studyUid}.zip`,
    open: (options) => Promise.resolve(found.open(options)),
  });
}
