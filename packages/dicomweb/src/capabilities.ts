import { XMLBuilder } from 'fast-xml-parser';
import { acceptOf, choose } from './accept.js';
import { descriptionOf, pathParameters } from './route-descriptions.js';
import { routes, type Route } from './routes.js';
import type { Request } from 'express';
import type { ServerResponse } from 'node:http';

/** One resource of a WADL document; attributes carry an `@`. @see WADL 2.5 */
interface Resource {
  '@path': string;
  param?: object[];
  method?: object[];
  resource?: Resource[];
}

// Deprecated for a package of its own, which is what this one wraps: one dependency less to name.
// eslint-disable-next-line @typescript-eslint/no-deprecated
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', suppressBooleanAttributes: false });

const offers = [{ name: 'application/vnd.sun.wadl+xml' }, { name: 'application/json' }];

/**
 * Answers with what can be asked at a resource and below it, as a WADL document, or the same as JSON. `path` is one of the
 * table of routes, or empty for all.
 * @see PS3.18 8.9, H
 */
export function sendCapabilities(
  req: Pick<Request, 'url' | 'headers'>,
  res: ServerResponse,
  { root, path, allow }: { readonly root: string; readonly path: string; readonly allow: string },
): void {
  const offer = choose(acceptOf(req), offers);
  const document = describeBelow(root, path);
  const isJson = offer.name === 'application/json';
  const text = isJson ? JSON.stringify(withoutMarks(document)) : builder.build(document);
  const body = Buffer.from(text);
  const headers = { 'Content-Type': offer.name, 'Content-Length': body.length, Allow: allow, Vary: 'Accept, Origin' };
  res.writeHead(200, headers).end(body);
}

function describeBelow(root: string, path: string): Record<string, unknown> {
  const below = routes.filter((route) => path === '' || route.path === path || route.path.startsWith(`${path}/`));
  const top: Resource = { '@path': path === '' ? '' : templateOf(path).slice(1) };
  for (const route of below) {
    const steps = route.path
      .slice(path.length)
      .split('/')
      .filter((step) => step !== '');
    let at = top;
    for (const step of steps) at = childOf(at, step);
    (at.method ??= []).push(methodOf(route));
  }
  const resource = path === '' ? (top.resource ?? []) : [withPathParameters(top, path)];
  return {
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    application: {
      '@xmlns': 'http://wadl.dev.java.net/2009/02',
      '@xmlns:xs': 'http://www.w3.org/2001/XMLSchema',
      resources: { '@base': root, resource },
    },
  };
}

/** Writes a path of Express's as a URI Template. @see RFC 6570 */
export function templateOf(path: string): string {
  return path.replace(/[:*](\w+)/g, '{$1}');
}

function childOf(parent: Resource, step: string): Resource {
  const template = templateOf(step);
  const known = parent.resource?.find((one) => one['@path'] === template);
  if (known !== undefined) return known;
  const made = withPathParameters({ '@path': template }, step);
  (parent.resource ??= []).push(made);
  return made;
}

/** Adds what the parameters of a path stand for, in front of what it already has. */
function withPathParameters(resource: Resource, path: string): Resource {
  const names = [...path.matchAll(/[:*](\w+)/g)].map(([, name]) => name!);
  if (names.length === 0) return resource;
  const param = names.map((name) => parameter({ name, style: 'template', about: pathParameters[name]?.about ?? name }));
  const { '@path': at, ...others } = resource;
  return { '@path': at, param, ...others };
}

function parameter(of: { name: string; style: 'template' | 'query'; about: string; required?: boolean }): object {
  return {
    '@name': of.name,
    '@style': of.style,
    '@type': 'xs:string',
    '@required': String(of.style === 'template' || of.required === true),
    doc: of.about,
  };
}

function methodOf(route: Route): object {
  const { name, section, query, takes = [], gives } = descriptionOf(route);
  return {
    '@name': route.method,
    '@id': name.replaceAll(' ', ''),
    doc: section === undefined ? name : `${name} (PS3.18 ${section})`,
    request: {
      param: query.map((one) => parameter({ ...one, style: 'query' })),
      representation: takes.map((type) => ({ '@mediaType': type })),
    },
    response: gives.map(({ status, about, types = [] }) => ({
      '@status': String(status),
      doc: about,
      representation: types.map((type) => ({ '@mediaType': type })),
    })),
  };
}

/** The same document as plain JSON: attributes without their marks, no XML declaration. */
function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== '?xml' && !key.startsWith('@xmlns'));
  return Object.fromEntries(entries.map(([key, one]) => [key.replace('@', ''), withoutMarks(one)]));
}
