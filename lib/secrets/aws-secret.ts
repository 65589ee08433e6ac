import { awsRequest } from '../aws/aws-request';
import { type Clock, systemClock } from '../clock';

/** How long a value is used before it is read anew, so that a rotated secret is taken up. */
const MAX_AGE_MS = 5 * 60_000;

/** Reads a secret; `fresh` when the value that is known was refused. */
export type ReadSecret = (fresh?: 'fresh') => Promise<string>;

/**
 * Makes a reader of one secret. The value is kept in memory for five minutes, never in the environment.
 *
 * @throws {Error} from the reader, when Secrets Manager does not answer or refuses.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export function openSecret(secretArn: string, clock: Clock = systemClock): ReadSecret {
  let known: { value: string; readAt: number } | undefined;
  return async (fresh) => {
    const now = clock.now();
    if (known && !fresh && now - known.readAt < MAX_AGE_MS) return known.value;
    const response = await awsRequest({
      service: 'secretsmanager',
      path: '/',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' },
      body: JSON.stringify({ SecretId: secretArn }),
      timeoutMs: 2_000,
    });
    if (!response.ok)
      throw new Error(`the secret ${secretArn} could not be read: ${response.status} ${await response.text()}`);
    const { SecretString: value } = (await response.json()) as { SecretString?: string };
    if (!value) throw new Error(`the secret ${secretArn} has no text`);
    known = { value, readAt: now };
    return value;
  };
}
