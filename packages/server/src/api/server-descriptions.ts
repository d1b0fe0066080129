import type { AnswerDescription, QueryParameter, RouteDescription } from '@bucky/dicomweb';

const text = { type: 'string' };
const page = (object: string): readonly AnswerDescription[] => [
  {
    status: 200,
    about: `A page of ${object}; "next", when there is one, is where to go on`,
    types: ['application/json'],
  },
];
const one = (object: string): readonly AnswerDescription[] => [
  { status: 200, about: object, types: ['application/json'] },
];
const words: readonly AnswerDescription[] = [{ status: 200, about: 'One word', types: ['text/plain'] }];

const lines = (object: string): readonly AnswerDescription[] => [
  { status: 200, about: `${object}, as lines of JSON while it goes on`, types: ['application/x-ndjson'] },
];
const whole = (name: string, about: string): QueryParameter => ({
  name,
  about,
  schema: { type: 'integer', minimum: 1 },
});
const flag = (name: string, about: string): QueryParameter => ({
  name,
  about,
  schema: { type: 'string', enum: ['true', 'false'] },
});

const limit: QueryParameter = {
  name: 'limit',
  about: 'Most entries of the page',
  schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
};
const after = (what: string): QueryParameter => ({ name: 'after', about: `${what} to go on after`, schema: text });

/** What the parameters of a path of the server's own routes stand for. */
export const serverPathParameters: Readonly<Record<string, Omit<QueryParameter, 'name'>>> = {
  receipt: { about: 'Receipt of the conflict or deletion', schema: text },
  change: { about: 'What becomes of the hold', schema: { type: 'string', enum: ['add', 'remove'] } },
  verdict: { about: 'What becomes of the conflict', schema: { type: 'string', enum: ['accept', 'discard', 'reopen'] } },
};

/** What each of the server's own routes does, by method and path; a test holds them against each other. */
export const serverDescriptions: Readonly<Record<string, RouteDescription>> = {
  'GET /': { name: 'Go to the viewer', query: [], gives: [{ status: 302, about: 'The viewer' }] },
  'GET /healthz': { name: 'Tell whether the process lives', query: [], gives: words },
  'GET /readyz': {
    name: 'Tell whether it takes requests',
    query: [],
    gives: [...words, { status: 503, about: 'It starts or stops', types: ['text/plain'] }],
  },
  'GET /metrics': {
    name: 'Get metrics for Prometheus',
    query: [],
    gives: [{ status: 200, about: 'Metrics', types: ['text/plain'] }],
  },
  'GET /api/openapi.json': {
    name: 'Get this description',
    query: [],
    gives: [{ status: 200, about: 'OpenAPI 3.1', types: ['application/vnd.oai.openapi+json'] }],
  },
  'GET /api/conflicts': {
    name: 'List conflicts',
    query: [
      limit,
      after('Receipt'),
      { name: 'study', about: 'Those of one study: its Study Instance UID', schema: text },
      { name: 'all', about: 'Decided ones too', schema: { type: 'string', enum: ['true', 'false'] } },
    ],
    gives: page('conflicts'),
  },
  'GET /api/conflicts/:receipt': {
    name: 'Get how the files of a conflict differ',
    query: [],
    gives: one('The difference, by Attribute and by pixels'),
  },
  'POST /api/conflicts/:receipt/:verdict': {
    name: 'Decide a conflict',
    query: [],
    gives: one('The decision'),
  },
  'GET /api/deletions': {
    name: 'List deletions',
    query: [limit, { name: 'before', about: 'Receipt to go on before', schema: text }],
    gives: page('deletions, the newest first'),
  },
  'POST /api/deletions/:receipt/undo': { name: 'Undo a deletion', query: [], gives: one('What came back') },
  'GET /api/holds': {
    name: 'List holds',
    query: [limit, after('Study Instance UID')],
    gives: page('holds'),
  },
  'POST /api/holds/:study/:change': {
    name: 'Hold or release a study',
    query: [{ name: 'reason', about: 'Why it is held', schema: { type: 'string', maxLength: 1000 } }],
    gives: one('The change'),
  },
  'GET /api/changes': {
    name: 'List changes',
    query: [
      limit,
      { name: 'after', about: 'Number to go on after', schema: { type: 'integer', minimum: 0, default: 0 } },
    ],
    gives: page('the feed of changes'),
  },
  'GET /api/attention': {
    name: 'List studies that need attention',
    query: [limit, after('Study Instance UID and keyword, a space between,')],
    gives: page('studies whose instances do not agree on whose they are'),
  },
  'POST /api/verify': {
    name: 'Verify stored files',
    query: [
      whole('bytes', 'Read about so many bytes, from where the last such run ended'),
      whole('rate', 'Most bytes a second'),
    ],
    gives: lines('Each damaged object'),
  },
  'POST /api/sweep': {
    name: 'Sweep orphans',
    query: [
      whole('olderThan', 'Hours of age that an orphan must have'),
      flag('dryRun', 'Tell of orphans and remove none'),
      flag('all', 'Remove them however many there are'),
    ],
    gives: lines('Each orphan'),
  },
  'POST /api/purge': {
    name: 'Purge what was deleted',
    query: [flag('dryRun', 'Tell of what is due and remove nothing')],
    gives: lines('Each deletion whose files are removed for good'),
  },
};
