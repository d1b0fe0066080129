import { describe, expect, it } from '@jest/globals';
import { routes } from '@bucky/dicomweb';
import { Validator } from '@seriousme/openapi-schema-validator';
import { dicomwebRoot, serverRoutes, type RouteParts } from '../routes.js';
import { describeApi } from './describe-api.js';
import { serverDescriptions } from './server-descriptions.js';

// The table is made of its parts without asking them anything.
const own = serverRoutes({ archive: {} } as RouteParts);
const document = describeApi(own, dicomwebRoot) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
};

const template = (path: string): string => path.replace(/[:*](\w+)/g, '{$1}');
const described = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
);

describe('the OpenAPI description', () => {
  it('describes every route, and nothing that is none', () => {
    const all = [
      ...own.map(({ method = 'GET', path }) => `${method} ${template(path)}`),
      ...routes.map(({ method, path }) => `${method} ${dicomwebRoot}${template(path)}`),
    ];
    expect([...described].sort()).toEqual([...all].sort());
  });

  it("has no description of a route of the server's own that there is not", () => {
    const table = own.map(({ method = 'GET', path }) => `${method} ${path}`);
    expect(Object.keys(serverDescriptions).sort()).toEqual([...table].sort());
  });

  it('obeys OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(document)) as Record<string, unknown>);
    expect({ valid, errors, version: validator.version }).toEqual({ valid: true, errors: undefined, version: '3.1' });
  });

  it('gives each operation a name of its own', () => {
    const names = Object.values(document.paths).flatMap((one) =>
      Object.values(one).map(({ operationId }) => operationId),
    );
    expect(names).toEqual([...new Set(names)]);
  });

  it('refuses a route without a description', () => {
    expect(() => describeApi([{ path: '/api/nothing' }], dicomwebRoot)).toThrow(TypeError);
  });
});
