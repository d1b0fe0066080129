// The statements of PS3.18 8 to 10 that Bucky obeys, each with a test that shows it: read by scripts/conformance.js.
//
// Paragraph, what it asks, file of the test, beginning or part of the test's title as the source has it.
const dicomweb = 'packages/dicomweb/src/dicomweb.integration.test.ts';
const negotiation = 'packages/dicomweb/src/negotiation.integration.test.ts';
const uri = 'packages/dicomweb/src/wado-uri.integration.test.ts';
const capabilities = 'packages/dicomweb/src/capabilities.integration.test.ts';
const qido = 'packages/dicomweb/src/qido.test.ts';
const matching = 'packages/catalog/src/matching.test.ts';
const multipart = 'packages/dicomweb/src/multipart-reader.test.ts';
const client = 'packages/e2e/src/client.test.ts';
const corpus = 'packages/e2e/src/corpus.test.ts';
const json = 'packages/dicom/src/dicom-json.test.ts';

export const statements = [
  ['8.3.3.1', 'An accept parameter comes before the Accept header', negotiation, 'comes before the header (8.7.8.1)'],
  ['8.3.3.1', 'Media types by header or parameter', dicomweb, 'is had of %s by header or parameter'],
  ['8.3.4', 'Matching keys by keyword or tag; limit and offset', qido, 'takes keywords and tags, decoded'],
  ['8.3.4.3', 'includefield, also all', qido, 'takes all for all, whatever else is named'],
  ['8.3.4.4', 'A Warning when there are more results than were sent', dicomweb, 'warns that there is more'],
  ['8.3.4.5', 'Matching that is not supported is told of', qido, 'tells of the matching that it cannot do'],
  ['8.6', 'Parts of multipart/related as RFC 2046 has them', multipart, 'reads %s, however the bytes are cut'],
  [
    '8.7.3',
    'Explicit VR Little Endian where no Transfer Syntax is named',
    negotiation,
    'is Explicit VR Little Endian where none is named (8.7.3)',
  ],
  ['8.7.3.3', 'Frames and bulk data of native pixels are little endian', negotiation, 'is little endian (8.7.3.3)'],
  ['8.7.3.5.2', 'transfer-syntax=* is the stored one', negotiation, 'for * (8.7.3.5.2)'],
  ['8.7.5', 'The media type with the greatest weight is chosen', dicomweb, 'is chosen of %s: %s (PS3.18 8.7.5)'],
  [
    '8.7.8.1',
    '406 only where nothing that was asked for can be had',
    negotiation,
    'of which nothing is left (8.7.8.1)',
  ],
  ['8.7.9', 'What a part says is what the part is', negotiation, 'what the part says is what the file is (8.7.9)'],
  ['8.9', 'Capabilities by OPTIONS', capabilities, 'are a WADL document at the base URI'],
  ['9.1.2', 'WADO-URI: 400 without a required parameter', uri, 'answers 400 when a required parameter is missing'],
  [
    '9.3',
    'WADO-URI: the Accept header where there is no contentType',
    uri,
    'takes the Accept header where there is no contentType',
  ],
  ['9.4', 'WADO-URI: application/dicom', uri, 'gives a Part 10 file in Explicit VR Little Endian'],
  [
    '10.4.1.1.1',
    'A study, a series and an instance',
    client,
    'gets an instance, a series and a study as they were sent',
  ],
  ['10.4.1.1.2', 'Metadata at each level', client, 'gets metadata at each level'],
  ['10.4.1.1.5', 'Bulk data, with ranges', dicomweb, 'gives one frame alone, and bulk data with ranges'],
  ['10.4.1.1.6', 'Frames in the order of the list', dicomweb, 'gives frames in the order of the list'],
  ['10.4.1.1.6', 'Compressed frames as they are stored', client, 'gets compressed frames'],
  [
    '10.4.3.3',
    'Some instances can be had, some cannot: 206 with a Warning',
    negotiation,
    'answers 206 with a Warning when some cannot be had',
  ],
  ['10.4.4', 'A ZIP of a study or series', dicomweb, 'is had of %s by header or parameter (PS3.18 10.4.4'],
  [
    '10.5.1',
    'Another study than that of the address is refused',
    dicomweb,
    'answers 409 when the file is not of the study of the address',
  ],
  ['10.5.1.2', 'A single Part 10 file as the body', dicomweb, 'takes a single Part 10 file, and gzip'],
  ['10.5.3', '200, and again for what is kept already', dicomweb, 'answers 200 for what is kept already'],
  ['10.5.3', '202 when some failed', dicomweb, 'answers 202 when some failed, a conflict by its own code'],
  ['10.5.3', 'The answer in XML', dicomweb, 'answers in XML when that is asked for'],
  ['10.5', 'Every transfer syntax comes back as it was sent', corpus, 'it'],
  ['10.6.1', 'Searches at the resources, with Retrieve URLs', dicomweb, 'answers with Retrieve URLs below the root'],
  ['10.6.1.2', 'Single value, case and accents', matching, 'an identifier exactly'],
  ['10.6.1.2', 'Wildcards', matching, 'an identifier by wildcards'],
  ['10.6.1.2', 'Attributes that have no column', dicomweb, 'matches Attributes that have no column'],
  [
    '10.6.3',
    '204 when nothing matches, 400 for an unknown key',
    dicomweb,
    'answers 204 when nothing matches, and 400 for an unknown key',
  ],
  [
    '10.6.3.3',
    'Attributes of a level below are not returned',
    'packages/catalog/src/metadata-search.test.ts',
    'returns no Attribute of a level below',
  ],
  ['F.2', 'DICOM JSON', json, 'it'],
];
