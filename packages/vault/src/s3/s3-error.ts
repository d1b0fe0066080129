import { BuckyError, type ErrorCode } from '@bucky/dicom';

interface Meaning {
  readonly names: readonly string[];
  readonly code: ErrorCode;
  readonly why: string;
  /** Stays until a person changes the configuration. */
  readonly settled?: true;
}

/** What a store's refusals mean and what to do about them, by S3's error code, the SDK's error name or Node's code. */
const meanings: readonly Meaning[] = [
  { names: ['NoSuchKey', 'NotFound'], code: 'not-found', why: 'there is no such object' },
  { names: ['PreconditionFailed'], code: 'exists', why: 'the key is taken' },
  { names: ['InvalidRange'], code: 'range-unsatisfiable', why: 'the range does not lie within the object' },
  {
    names: ['QuotaExceeded', 'XMinioStorageFull', 'InsufficientStorage', 'NoSpaceLeft'],
    code: 'full',
    why: 'the store has no room left; free space or raise its quota',
  },
  {
    names: ['NoSuchBucket'],
    code: 'unavailable',
    why: 'there is no such bucket at this endpoint; create it or correct its name',
    settled: true,
  },
  {
    names: ['AccessDenied', 'Forbidden', 'AllAccessDisabled', 'AccountProblem'],
    code: 'unavailable',
    why: 'these credentials may not do it; allow s3:PutObject, s3:GetObject, s3:ListBucket and s3:AbortMultipartUpload',
    settled: true,
  },
  {
    names: ['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidSecurity', 'InvalidClientTokenId'],
    code: 'unavailable',
    why: 'the store does not know the access key or the secret does not fit it; correct the credentials',
    settled: true,
  },
  {
    names: ['ExpiredToken', 'ExpiredTokenException', 'InvalidToken', 'TokenRefreshRequired'],
    code: 'unavailable',
    why: 'the session token has expired; get new credentials',
    settled: true,
  },
  {
    names: ['CredentialsProviderError', 'CredentialsError', 'TokenProviderError'],
    code: 'unavailable',
    why: 'no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role',
    settled: true,
  },
  {
    names: [
      'PermanentRedirect',
      'TemporaryRedirect',
      'AuthorizationHeaderMalformed',
      'IllegalLocationConstraintException',
    ],
    code: 'unavailable',
    why: 'the bucket lies in another region; name it with region=',
    settled: true,
  },
  {
    names: ['InvalidBucketName'],
    code: 'unavailable',
    why: 'this is not a name for a bucket',
    settled: true,
  },
  {
    names: ['RequestTimeTooSkewed', 'RequestExpired'],
    code: 'unavailable',
    why: 'the clocks of this machine and of the store differ; set this one by NTP',
    settled: true,
  },
  {
    names: [
      'SlowDown',
      'ServiceUnavailable',
      'Throttling',
      'ThrottlingException',
      'TooManyRequests',
      'RequestLimitExceeded',
    ],
    code: 'unavailable',
    why: 'the store asks for a pause; try again later',
  },
  {
    names: ['BadDigest', 'InvalidDigest', 'XAmzContentChecksumMismatch', 'XAmzContentSHA256Mismatch', 'IncompleteBody'],
    code: 'unavailable',
    why: 'the bytes changed on their way and were refused; look at the network and try again',
  },
  {
    names: ['InvalidObjectState'],
    code: 'unavailable',
    why: 'the object lies in a cold storage class and must be restored first',
  },
  {
    names: ['ENOTFOUND', 'EAI_AGAIN'],
    code: 'unavailable',
    why: "the endpoint's name has no address; correct endpoint= or look at DNS",
  },
  {
    names: ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'],
    code: 'unavailable',
    why: 'nobody answers at the endpoint; is the store running and endpoint= right?',
  },
  {
    names: ['TimeoutError', 'ETIMEDOUT', 'RequestTimeout'],
    code: 'unavailable',
    why: 'the store did not answer in time; try again later',
  },
  {
    names: ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE', 'UND_ERR_SOCKET'],
    code: 'unavailable',
    why: 'the connection to the store broke; try again',
  },
  {
    names: [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'CERT_HAS_EXPIRED',
    ],
    code: 'unavailable',
    why: "the store's certificate is not trusted; name its authority in NODE_EXTRA_CA_CERTS",
    settled: true,
  },
];

const byName = new Map(meanings.flatMap((meaning) => meaning.names.map((name) => [name, meaning] as const)));

/** What a status says where the answer had no body, as with HEAD. */
const byStatus = new Map(
  Object.entries({
    301: 'PermanentRedirect',
    403: 'AccessDenied',
    404: 'NotFound',
    408: 'RequestTimeout',
    412: 'PreconditionFailed',
    416: 'InvalidRange',
    429: 'SlowDown',
    503: 'SlowDown',
    507: 'InsufficientStorage',
  }).map(([status, name]) => [Number(status), name]),
);

/**
 * Turns what the SDK throws into a BuckyError. Its message holds our words, the store's error code and status: what
 * else the SDK says may hold names of credentials.
 */
export function s3Error(thrown: unknown, tried: string): Error {
  if (thrown instanceof BuckyError || thrown instanceof TypeError) return thrown;
  const name = nameOf(thrown);
  if (name === 'AbortError') {
    return new BuckyError('aborted', 'The operation was given up by its caller', { cause: thrown });
  }
  if (isRegionMissing(thrown)) {
    return new BuckyError('unavailable', `Cannot ${tried}: no region is named; set region= or AWS_REGION`, {
      cause: thrown,
    });
  }
  const meaning = byName.get(name);
  const status = statusOf(thrown);
  const said = status === undefined ? name : `${name}, status ${status}`;
  const why = meaning?.why ?? `the store answered ${said}`;
  return new BuckyError(meaning?.code ?? 'unavailable', `Cannot ${tried}: ${why}`, { cause: thrown });
}

/** Tells whether only a person can mend what a store refused: credentials, names, regions. */
export function isSettled(error: unknown): boolean {
  if (!(error instanceof BuckyError) || error.cause === undefined) return false;
  return byName.get(nameOf(error.cause))?.settled === true || isRegionMissing(error.cause);
}

/** Gets the store's error code, the SDK's error name or Node's code, whichever we know. */
export function nameOf(thrown: unknown): string {
  const names = [...namesOf(thrown), ...listAt(thrown, 'errors').flatMap(namesOf)];
  const known = names.find((name) => name === 'AbortError' || byName.has(name));
  return known ?? byStatus.get(statusOf(thrown) ?? 0) ?? names[0] ?? 'Unknown';
}

/** Gets the status of the answer that an SDK error tells of. */
export function statusOf(thrown: unknown): number | undefined {
  const status = fieldOf(fieldOf(thrown, '$metadata'), 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}

/** Gets how often the SDK tried before it threw. */
export function attemptsOf(thrown: unknown): number {
  const attempts = fieldOf(fieldOf(thrown, '$metadata'), 'attempts');
  return typeof attempts === 'number' ? attempts : 1;
}

/** The SDK has no name for it. */
function isRegionMissing(thrown: unknown): boolean {
  return fieldOf(thrown, 'message') === 'Region is missing';
}

function namesOf(thrown: unknown): string[] {
  const names = ['name', 'Code', 'code'].map((field) => fieldOf(thrown, field));
  return names.filter((name) => typeof name === 'string');
}

function listAt(thrown: unknown, field: string): readonly unknown[] {
  const list = fieldOf(thrown, field);
  return Array.isArray(list) ? (list as unknown[]) : [];
}

/** Goes by fields, not classes: Node's own errors are no `Error` of the realm that a test runs in. */
function fieldOf(thrown: unknown, field: string): unknown {
  return typeof thrown === 'object' && thrown !== null ? (thrown as Record<string, unknown>)[field] : undefined;
}
