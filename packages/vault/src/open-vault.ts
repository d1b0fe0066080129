import { fileURLToPath } from 'node:url';
import { BuckyError, suggestName } from '@bucky/dicom';
import { openFolderVault, type FolderVaultOptions } from './folder/folder-vault.js';
import { openS3Vault } from './s3/s3-vault.js';
import type { S3VaultOptions } from './s3/store.js';
import type { Vault } from './vault.js';

const parameters = ['endpoint', 'region', 'pathStyle', 'connections'] as const;

/**
 * Opens the vault that a URL names: `file:///folder`, or `s3://bucket/prefix` with the parameters `endpoint`, `region`,
 * `pathStyle` (true or false) and `connections`. Credentials come from the AWS variables, profile or role, never from
 * the URL. Throws `configuration`, and `locked` for a folder that another process has open, where `lock` can tell.
 */
export async function openVault(url: string, { lock }: Pick<FolderVaultOptions, 'lock'> = {}): Promise<Vault> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === 'file:') return openFolderVault({ folder: folderOf(parsed), ...(lock && { lock }) });
  if (parsed?.protocol === 's3:') return openS3Vault(s3Options(parsed));
  throw refusal('its URL must begin with file:// or s3://');
}

function folderOf(url: URL): string {
  if (url.search !== '' || url.hash !== '') throw refusal('a file:// URL takes no parameters');
  try {
    return fileURLToPath(url);
  } catch {
    throw refusal('a file:// URL must name a folder on this machine, as file:///srv/bucky does');
  }
}

/** Reads the parameters of an `s3://` URL. */
export function s3Options(url: URL): S3VaultOptions {
  if (url.username !== '' || url.password !== '') {
    throw refusal('credentials do not belong into its URL; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY');
  }
  if (url.hostname === '') throw refusal('its URL names no bucket, as s3://bucket/prefix does');
  for (const name of url.searchParams.keys()) {
    if (!parameters.some((known) => known === name)) {
      throw refusal(`its URL has the unknown parameter ${name}: ${suggestName(name, parameters)}`);
    }
  }
  const endpoint = url.searchParams.get('endpoint');
  const region = url.searchParams.get('region');
  const pathStyle = url.searchParams.get('pathStyle');
  const connections = url.searchParams.get('connections');
  return {
    bucket: url.hostname,
    prefix: prefixOf(url.pathname),
    ...(endpoint === null ? {} : { endpoint: endpointOf(endpoint) }),
    ...(region === null ? {} : { region }),
    ...(pathStyle === null ? {} : { pathStyle: booleanOf(pathStyle) }),
    ...(connections === null ? {} : { connections: numberOf(connections) }),
  };
}

function prefixOf(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw refusal('the prefix of its URL has a % that begins no escape; write it as %25');
  }
}

function endpointOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw refusal('endpoint= must be an http:// or https:// URL without credentials');
  }
  return text;
}

function booleanOf(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw refusal('pathStyle= must be true or false');
  return text === 'true';
}

function numberOf(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1000) throw refusal('connections= must be 1 to 1000');
  return value;
}

function refusal(why: string): BuckyError {
  return new BuckyError('configuration', `Cannot open the vault: ${why}`);
}
