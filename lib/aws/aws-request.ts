import { AwsClient } from 'aws4fetch';
import { findEnv, requireEnv } from '../env';

/** A request to an AWS service, and the longest wait for its answer. */
export interface AwsRequest {
  /** The service's name in its endpoint and in the signature, such as `lambda`. */
  readonly service: string;
  /** Its name in the endpoint where that is another one, such as `streams.dynamodb`. */
  readonly endpointPrefix?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

let client: AwsClient | undefined;

/**
 * Sends one signed POST with the function's own credentials. For the one or two operations of a service whose SDK client, at
 * some 70 KB on top of the table's, would break the size limit of the bundle. Nothing is retried here.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export function awsRequest(request: AwsRequest): Promise<Response> {
  const region = requireEnv('AWS_REGION');
  client ??= new AwsClient({
    accessKeyId: requireEnv('AWS_ACCESS_KEY_ID'),
    secretAccessKey: requireEnv('AWS_SECRET_ACCESS_KEY'),
    sessionToken: findEnv('AWS_SESSION_TOKEN'),
    retries: 0,
  });
  const endpoint =
    findEnv('AWS_ENDPOINT_URL') ?? `https://${request.endpointPrefix ?? request.service}.${region}.amazonaws.com`;
  return client.fetch(endpoint + request.path, {
    method: 'POST',
    headers: request.headers,
    body: request.body,
    signal: AbortSignal.timeout(request.timeoutMs),
    aws: { service: request.service, region },
  });
}
