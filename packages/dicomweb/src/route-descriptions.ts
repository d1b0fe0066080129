import type { Route } from './routes.js';

/** One query parameter. */
export interface QueryParameter {
  readonly name: string;
  readonly about: string;
  /** JSON Schema of its value. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly required?: boolean;
}

/** One answer: its status, what it means, and the media types it may have. */
export interface AnswerDescription {
  readonly status: number;
  readonly about: string;
  readonly types?: readonly string[];
}

/** What a route does, for capabilities (PS3.18 H) and the OpenAPI description. */
export interface RouteDescription {
  /** Name of the transaction and resource, as PS3.18 table H-1 has it. */
  readonly name: string;
  /** Of PS3.18; nothing where the standard has no such transaction. */
  readonly section?: string;
  readonly query: readonly QueryParameter[];
  /** Media types of the request's body. */
  readonly takes?: readonly string[];
  readonly gives: readonly AnswerDescription[];
}

const text = { type: 'string' };
const uid = { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)*$', maxLength: 64 };
const count = { type: 'integer', minimum: 0 };
const flag = { type: 'string', enum: ['true', 'false'] };

/** What the parameters of a path stand for. */
export const pathParameters: Readonly<Record<string, Omit<QueryParameter, 'name'>>> = {
  study: { about: 'Study Instance UID', schema: uid },
  series: { about: 'Series Instance UID', schema: uid },
  instance: { about: 'SOP Instance UID', schema: uid },
  frames: { about: 'Frame numbers from 1, separated by commas', schema: text },
  path: { about: 'Tags and item numbers of a bulk value, with slashes between: as a BulkDataURI has it', schema: text },
};

const accept: QueryParameter = {
  name: 'accept',
  about: 'Media types, before those of the Accept header',
  schema: text,
};

/** `{attribute}` stands for any name of an Attribute. */
const searchParameters: readonly QueryParameter[] = [
  {
    name: '{attribute}',
    about: 'Matching by any searchable Attribute: its keyword or eight hexadecimal digits',
    schema: text,
  },
  { name: 'includefield', about: 'Attributes to return besides, or "all"', schema: text },
  { name: 'limit', about: 'Most results of the answer', schema: count },
  { name: 'offset', about: 'Results to skip', schema: count },
  { name: 'fuzzymatching', about: 'Whether names match by their words', schema: flag },
  { name: 'orderby', about: 'Attributes to order by, those with a minus in front from the last', schema: text },
  { name: 'includetotal', about: 'Whether X-Total-Count tells of all that match', schema: flag },
  accept,
];

const uriParameters: readonly QueryParameter[] = [
  { name: 'requestType', about: 'WADO', schema: { const: 'WADO' }, required: true },
  { name: 'studyUID', about: 'Study Instance UID', schema: uid, required: true },
  { name: 'seriesUID', about: 'Series Instance UID', schema: uid, required: true },
  { name: 'objectUID', about: 'SOP Instance UID', schema: uid, required: true },
  { name: 'contentType', about: 'Media types: application/dicom', schema: text },
  { name: 'transferSyntax', about: 'Transfer Syntax UID', schema: text },
];

const dicom = 'application/dicom';
const json = ['application/dicom+json', 'application/json'];
const jsonOrXml = [...json, 'multipart/related; type="application/dicom+xml"'];
const related = (type: string): string => `multipart/related; type="${type}"`;
const octets = 'application/octet-stream';
const images = ['image/jpeg', 'image/jls', 'image/jp2', 'image/jpx', 'image/jphc', 'image/jxl', 'image/dicom-rle'];

const search = (name: string): RouteDescription => ({
  name: `Search for ${name}`,
  section: '10.6',
  query: searchParameters,
  gives: [
    { status: 200, about: 'What matches; a Warning tells when there is more', types: jsonOrXml },
    { status: 204, about: 'Nothing matches' },
  ],
});

const retrieve = (name: string, types: readonly string[]): RouteDescription => ({
  name: `Retrieve ${name}`,
  section: '10.4',
  query: [accept],
  gives: [{ status: 200, about: 'All of it', types }],
});

const retrieveMany = (name: string): RouteDescription => {
  const types = [related(dicom), 'application/zip'];
  const partial = {
    status: 206,
    about: 'What can be had in a transfer syntax that was asked for, or the range asked for',
    types,
  };
  const { gives, ...others } = retrieve(name, types);
  return { ...others, gives: [...gives, partial] };
};

const ranged = ({ gives, ...others }: RouteDescription, types: readonly string[]): RouteDescription => ({
  ...others,
  gives: [...gives, { status: 206, about: 'The range asked for', types }],
});

const storeInstances = (name: string): RouteDescription => ({
  name,
  section: '10.5',
  query: [accept],
  takes: [related(dicom), dicom],
  gives: [
    { status: 200, about: 'All are kept', types: [...json, 'application/dicom+xml'] },
    { status: 202, about: 'Some are kept', types: [...json, 'application/dicom+xml'] },
    { status: 409, about: 'None is kept', types: [...json, 'application/dicom+xml'] },
  ],
});

const remove = (name: string): RouteDescription => ({
  name: `Delete ${name}`,
  query: [],
  gives: [{ status: 204, about: 'Hidden at once, removed later' }],
});

const study = '/studies/:study';
const series = `${study}/series/:series`;
const instance = `${series}/instances/:instance`;
const video = ['application/pdf', 'video/mp4'];

/** What each route does, by method and path of the table of routes; a test holds them against each other. */
export const routeDescriptions: Readonly<Record<string, RouteDescription>> = {
  'POST /studies': storeInstances('Store Instances'),
  [`POST ${study}`]: storeInstances('Store Study Instances'),

  'GET /studies': search('Studies'),
  'GET /series': search('Series'),
  'GET /instances': search('Instances'),
  [`GET ${study}/series`]: search('Study Series'),
  [`GET ${study}/instances`]: search('Study Instances'),
  [`GET ${series}/instances`]: search('Study Series Instances'),

  [`GET ${study}`]: retrieveMany('Study'),
  [`GET ${series}`]: retrieveMany('Series'),
  [`GET ${instance}`]: ranged(retrieve('Instance', [related(dicom), dicom]), [dicom]),
  [`GET ${study}/metadata`]: retrieve('Study Metadata', jsonOrXml),
  [`GET ${series}/metadata`]: retrieve('Series Metadata', jsonOrXml),
  [`GET ${instance}/metadata`]: retrieve('Instance Metadata', jsonOrXml),
  [`GET ${instance}/frames/:frames`]: retrieve('Frames', [...[octets, ...images].map(related), octets, ...images]),
  [`GET ${instance}/bulkdata/*path`]: ranged(retrieve('Instance Bulkdata', [octets, related(octets)]), [octets]),
  [`GET ${instance}/rendered`]: ranged(retrieve('Rendered Instance', video), video),
  'GET /wado': { ...retrieve('DICOM Instance by URI', [dicom]), section: '9.4', query: uriParameters },

  [`DELETE ${study}`]: remove('Study'),
  [`DELETE ${series}`]: remove('Series'),
  [`DELETE ${instance}`]: remove('Instance'),
};

/** Finds the description of a route. A route without one is a bug. */
export function descriptionOf({ method, path }: Pick<Route, 'method' | 'path'>): RouteDescription {
  const found = routeDescriptions[`${method} ${path}`];
  if (found === undefined) throw new TypeError(`The route ${method} ${path} has no description`);
  return found;
}
