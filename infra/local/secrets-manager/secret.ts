import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error';

/** A secret as it is kept. Secrets hold few versions: those without a stage are dropped, as AWS does in time. */
export interface Secret {
  name: string;
  description?: string;
  createdAtMs: number;
  changedAtMs: number;
  versions: SecretVersion[];
}

/** One value of a secret. `stages` says which it is: `AWSCURRENT`, `AWSPREVIOUS`. */
export interface SecretVersion {
  id: string;
  secretString: string;
  createdAtMs: number;
  stages: string[];
}

/**
 * The ARN of the secret with this name. Its last six characters, random on AWS, are computed from the name, so that the
 * ARN is known before the secret exists and is the same after a restart.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 */
export function secretArn(name: string, environment: { region: string; accountId: string }): string {
  const digest = createHash('sha256').update(name).digest();
  const suffix = [...digest.subarray(0, 6)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return `arn:aws:secretsmanager:${environment.region}:${environment.accountId}:secret:${name}-${suffix}`;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The secret with a new current value; the value that was current becomes the previous one. */
export function withNewVersion(secret: Secret, version: { id: string; secretString: string; atMs: number }): Secret {
  const previous = secret.versions
    .filter(({ stages }) => stages.includes('AWSCURRENT'))
    .map((current) => ({ ...current, stages: ['AWSPREVIOUS'] }));
  const { id, secretString, atMs } = version;
  const current = { id, secretString, createdAtMs: atMs, stages: ['AWSCURRENT'] };
  return { ...secret, changedAtMs: atMs, versions: [current, ...previous] };
}

/**
 * The version with this id, or with this stage; the current one when neither is given.
 *
 * @throws {AwsError} `ResourceNotFoundException` when there is none, `InvalidRequestException` when id and stage name
 * different versions.
 */
export function findVersion(secret: Secret, id: unknown, stage: unknown): SecretVersion {
  const wantedStage = stage ?? (id === undefined ? 'AWSCURRENT' : undefined);
  const version = secret.versions.find((candidate) =>
    id === undefined ? candidate.stages.includes(String(wantedStage)) : candidate.id === id,
  );
  if (version === undefined) {
    const what = id === undefined ? `staging label: ${wantedStage}` : `VersionId: ${id}`;
    const message = `Secrets Manager can't find the specified secret value for ${what}`;
    throw new AwsError('ResourceNotFoundException', message);
  }
  if (wantedStage !== undefined && !version.stages.includes(String(wantedStage))) {
    const message = 'You provided a VersionStage that is not associated to the provided VersionId.';
    throw new AwsError('InvalidRequestException', message);
  }
  return version;
}

/** The stages of each version, by its id. */
export function stagesById({ versions }: Secret): Record<string, string[]> {
  return Object.fromEntries(versions.map(({ id, stages }) => [id, stages]));
}
