import type { Target } from '@bucky/catalog';
import type { Scope } from '@bucky/dicom';
import type { Archive } from '../archive.js';
import { retrieveMetadata } from './metadata.js';
import { joined } from './stored-bytes.js';

/** Attributes of an Instance as its metadata has them. */
export type InstanceAttributes = Readonly<Record<string, { readonly Value?: readonly unknown[] } | undefined>>;

/** Reads the metadata of one Instance. Throws `not-found`. */
export async function instanceAttributes(archive: Archive, target: Target, scope: Scope): Promise<InstanceAttributes> {
  const metadata = await retrieveMetadata(archive, target, { scope, coding: 'identity' });
  const text = Buffer.from(await joined(metadata.open())).toString();
  const [attributes = {}] = JSON.parse(text) as readonly InstanceAttributes[]; // written by us
  return attributes;
}
