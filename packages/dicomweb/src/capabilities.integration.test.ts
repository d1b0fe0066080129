import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { exampleServer, type Answer, type ExampleServer } from './example-server.js';
import { descriptionOf, routeDescriptions } from './route-descriptions.js';
import { routes } from './routes.js';
import { uriParameters } from './wado-uri.js';

let server: ExampleServer;

beforeAll(async () => {
  server = await exampleServer();
});

afterAll(async () => {
  await server.stop();
});

const ask = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  server.ask(path, { method: 'OPTIONS', headers });

interface Resource {
  readonly path: string;
  readonly method?: readonly { readonly name: string }[];
  readonly resource?: readonly Resource[];
}

/** Lists method and path of all that a document describes. */
function methodsOf(resources: readonly Resource[], above = ''): readonly string[] {
  return resources.flatMap(({ path, method = [], resource = [] }) => [
    ...method.map(({ name }) => `${name} ${above}/${path}`),
    ...methodsOf(resource, `${above}/${path}`),
  ]);
}

async function resourcesAt(path: string): Promise<readonly Resource[]> {
  const { body } = await ask(path, { Accept: 'application/json' });
  const { application } = JSON.parse(body.toString()) as {
    application: { resources: { base: string; resource: readonly Resource[] } };
  };
  expect(application.resources.base).toBe('/dicom-web');
  return application.resources.resource;
}

const template = (path: string): string => path.replace(/[:*](\w+)/g, '{$1}');

describe('the descriptions of routes', () => {
  it('are there for every route, and for nothing else', () => {
    const table = routes.map(({ method, path }) => `${method} ${path}`).sort();
    expect(Object.keys(routeDescriptions).sort()).toEqual(table);
  });

  it('have names of their own', () => {
    const names = routes.map((route) => descriptionOf(route).name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('of WADO-URI name the parameters that it takes', () => {
    const taken = Object.keys(uriParameters).filter((name) => ['required', 'optional'].includes(uriParameters[name]!));
    expect(routeDescriptions['GET /wado']!.query.map(({ name }) => name)).toEqual(taken);
  });
});

describe('capabilities', () => {
  it.each(['', '/'])('are a WADL document at the base URI%s (8.9, H)', async (path) => {
    const { status, headers, body } = await ask(path);
    expect([status, headers['content-type']]).toEqual([200, 'application/vnd.sun.wadl+xml']);
    // Deprecated for a package of its own, which is what this one wraps.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    expect(XMLValidator.validate(body.toString())).toBe(true);
    const { application } = new XMLParser({ ignoreAttributes: false }).parse(body) as {
      application: Record<string, { '@_base': string }>;
    };
    expect(application['resources']!['@_base']).toBe('/dicom-web');
  });

  it('describe every route at the base URI (H)', async () => {
    const all = routes.map(({ method, path }) => `${method} ${template(path)}`).sort();
    expect([...methodsOf(await resourcesAt(''))].sort()).toEqual(all);
  });

  it('describe a resource and those below it where it is asked (H)', async () => {
    const path = '/studies/:study/series/:series';
    const below = routes.filter((route) => route.path === path || route.path.startsWith(`${path}/`));
    const expected = below.map((route) => `${route.method} ${template(route.path)}`).sort();
    expect([...methodsOf(await resourcesAt('/studies/1.2.3/series/1.2.4'))].sort()).toEqual(expected);
  });

  it('leave the preflight of a browser alone (Fetch 4.8)', async () => {
    const { status, headers, body } = await ask('/studies', { 'Access-Control-Request-Method': 'GET' });
    expect([status, headers.allow, body.length]).toEqual([204, 'POST, GET, HEAD, OPTIONS', 0]);
  });

  it('say which methods there are in Allow as well', async () => {
    expect((await ask('/studies')).headers.allow).toBe('POST, GET, HEAD, OPTIONS');
  });

  it('answer 406 for another media type, 404 where there is no resource', async () => {
    expect((await ask('', { Accept: 'text/html' })).status).toBe(406);
    expect((await ask('/nothing')).status).toBe(404);
  });
});
