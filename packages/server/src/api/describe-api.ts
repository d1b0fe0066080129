import { readFileSync } from 'node:fs';
import {
  descriptionOf,
  pathParameters,
  routes,
  statusOf,
  templateOf,
  type AnswerDescription,
  type QueryParameter,
  type RouteDescription,
} from '@bucky/dicomweb';
import { serverDescriptions, serverPathParameters } from './server-descriptions.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string; // our own file
};

/** What a description of a route is made of. */
interface Described {
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly about: RouteDescription;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Writes the OpenAPI description of all that is answered: DICOMweb below `root`, and the server's own routes. Each GET is
 * answered to HEAD as well.
 * @see OpenAPI Specification 3.1.0
 */
export function describeApi(own: readonly { readonly method?: string; readonly path: string }[], root: string): Json {
  const ours = own.map(({ method = 'GET', path }) => ({
    method,
    path,
    tag: 'Bucky',
    about: ownDescription(method, path),
  }));
  const dicomweb = routes.map((route) => ({
    method: route.method,
    path: root + route.path,
    tag: 'DICOMweb',
    about: descriptionOf(route),
  }));
  const paths: Record<string, Record<string, Json>> = {};
  for (const one of [...dicomweb, ...ours]) {
    (paths[templateOf(one.path)] ??= {})[one.method.toLowerCase()] = operation(one);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Bucky',
      version,
      description: 'A DICOM imaging archive: DICOMweb (PS3.18) and the routes by which it is looked after',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [{ name: 'DICOMweb' }, { name: 'Bucky' }],
    paths,
    components: { schemas, responses },
  };
}

/** Finds the description of one of the server's own routes. A route without one is a bug. */
function ownDescription(method: string, path: string): RouteDescription {
  const found = serverDescriptions[`${method} ${path}`];
  if (found === undefined) throw new TypeError(`The route ${method} ${path} has no description`);
  return found;
}

function operation({ method, path, tag, about }: Described): Json {
  const { name, section, query, takes, gives } = about;
  const own = [...path.matchAll(/[:*](\w+)/g)].map(([, one]) => one!);
  const parameters = [...own.map(pathParameter), ...query.map(queryParameter)];
  return {
    operationId: camelCase(name),
    summary: name,
    ...(section === undefined ? {} : { description: `PS3.18 ${section}` }),
    tags: [tag],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(takes === undefined ? {} : { requestBody: { required: true, content: content(takes) } }),
    responses: {
      ...Object.fromEntries(gives.map(answer)),
      ...(method === 'GET' ? notModified(gives) : {}),
      ...failures,
    },
  };
}

function camelCase(name: string): string {
  const [first = '', ...others] = name.split(/[^A-Za-z]+/).filter((word) => word !== '');
  return first.toLowerCase() + others.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
}

function pathParameter(name: string): Json {
  const found = pathParameters[name] ?? serverPathParameters[name];
  if (found === undefined) throw new TypeError(`The path parameter ${name} has no description`);
  return { name, in: 'path', required: true, description: found.about, schema: found.schema };
}

/** Writes one; `{attribute}` stands for any name, which OpenAPI writes as an object whose members are parameters. */
function queryParameter({ name, about, schema, required = false }: QueryParameter): Json {
  if (!name.startsWith('{')) return { name, in: 'query', required, description: about, schema };
  const any = { type: 'object', additionalProperties: schema };
  return {
    name: name.slice(1, -1),
    in: 'query',
    required,
    description: about,
    style: 'form',
    explode: true,
    schema: any,
  };
}

function answer({ status, about, types = [] }: AnswerDescription): [string, Json] {
  return [String(status), { description: about, ...(types.length === 0 ? {} : { content: content(types) }) }];
}

/** Answers with an ETag are those of retrieves, which have one of the types below. */
function notModified(gives: readonly AnswerDescription[]): Json {
  const hasVersion = gives.some(({ types = [] }) => types.some((type) => /dicom|octet|zip|pdf/.test(type)));
  return hasVersion ? { 304: { description: 'The asker has it already' } } : {};
}

/** Says what a body of each type is; binary ones have no schema, nor have those of the server's own routes. */
function content(types: readonly string[]): Json {
  const schema = { schema: { $ref: '#/components/schemas/DicomJson' } };
  return Object.fromEntries(types.map((type) => [type, type === 'application/dicom+json' ? schema : {}]));
}

const problem = { $ref: '#/components/responses/Problem' };
const failures = { '4XX': problem, '5XX': problem };

const schemas = {
  DicomJson: {
    description: 'DICOM JSON Model (PS3.18 F): one Data Set, or an array of them',
    anyOf: [
      { $ref: '#/components/schemas/DataSet' },
      { type: 'array', items: { $ref: '#/components/schemas/DataSet' } },
    ],
  },
  DataSet: {
    type: 'object',
    patternProperties: { '^[0-9A-F]{8}$': { $ref: '#/components/schemas/Attribute' } },
    additionalProperties: false,
  },
  Attribute: {
    type: 'object',
    required: ['vr'],
    properties: {
      vr: { type: 'string', pattern: '^[A-Z]{2}$' },
      Value: { type: 'array' },
      BulkDataURI: { type: 'string', format: 'uri-reference' },
      InlineBinary: { type: 'string', contentEncoding: 'base64' },
    },
  },
  Problem: {
    type: 'object',
    required: ['code', 'detail'],
    properties: { code: { enum: Object.keys(statusOf) }, detail: { type: 'string' } },
  },
};

const responses = {
  Problem: {
    description: 'What went wrong: docs/errors.md lists the codes',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  },
};
