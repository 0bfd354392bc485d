import { createHash, createHmac } from 'node:crypto';

/** A request to an API of AWS as it came in, under the name that the API really has. */
export interface SignedRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export type SignatureProblem =
  | 'MissingAuthenticationTokenException'
  | 'UnrecognizedClientException'
  | 'InvalidSignatureException'
  | 'IncompleteSignatureException';

/**
 * Checks a signature as AWS does, by the steps that its documentation gives to those who sign. Shares no code with the
 * extension. Gives the access key, or the name of the error.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function verifySignature(
  request: SignedRequest,
  secrets: Readonly<Record<string, string>>,
  scope: { readonly service: string; readonly region: string },
): { readonly accessKeyId: string } | { readonly problem: SignatureProblem } {
  const header = request.headers['authorization'];
  if (typeof header !== 'string') return { problem: 'MissingAuthenticationTokenException' };
  const match =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (match === null) return { problem: 'IncompleteSignatureException' };
  const [, accessKeyId = '', date = '', region = '', service = '', signedNames = '', signature = ''] = match;
  const secret = secrets[accessKeyId];
  if (secret === undefined) return { problem: 'UnrecognizedClientException' };
  const names = signedNames.split(';');
  const time = String(request.headers['x-amz-date']);
  // The host, and everything that AWS acts on, has to be signed.
  const mustBeSigned = Object.keys(request.headers).filter(
    (name) => name.startsWith('x-amz-') || name === 'content-type',
  );
  const isComplete = ['host', ...mustBeSigned].every((name) => names.includes(name));
  const isInScope = region === scope.region && service === scope.service && time.startsWith(date);
  if (!isComplete || !isInScope) return { problem: 'InvalidSignatureException' };

  const values = names.map(
    (name) => `${name}:${name === 'host' ? request.host : String(request.headers[name]).trim()}\n`,
  );
  const query = [...request.query].map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  const canonical = [
    request.method,
    request.path,
    query.sort().join('&'),
    values.join(''),
    signedNames,
    createHash('sha256').update(request.body).digest('hex'),
  ].join('\n');
  const toSign = [
    'AWS4-HMAC-SHA256',
    time,
    `${date}/${region}/${service}/aws4_request`,
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n');
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const part of [date, region, service, 'aws4_request', toSign])
    key = createHmac('sha256', key).update(part).digest();
  return key.toString('hex') === signature ? { accessKeyId } : { problem: 'InvalidSignatureException' };
}
