import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error';

/** A secret as it is kept, its newest version first. Older ones than two are dropped, as AWS does in time. */
export interface Secret {
  name: string;
  createdAtMs: number;
  versions: Array<{ id: string; secretString: string; createdAtMs: number }>;
}

/** The stages of the versions, in their order. */
const STAGES = ['AWSCURRENT', 'AWSPREVIOUS'];

/**
 * The ARN of the secret with this name. Its last six characters, random on AWS, are computed from the name, so that the
 * ARN is known before the secret exists and is the same after a restart.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 */
export function secretArn(name: string, { region, accountId }: { region: string; accountId: string }): string {
  const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`;
}

/** The secret with a new current value; the value that was current becomes the previous one. */
export function withNewVersion(secret: Secret, version: Secret['versions'][number]): Secret {
  return { ...secret, versions: [version, ...secret.versions].slice(0, STAGES.length) };
}

/**
 * The version with this id and this stage, as far as they are given; the current one when neither is. In the wire form.
 *
 * @throws {AwsError} `ResourceNotFoundException` when there is none
 */
export function getVersion({ versions }: Secret, id?: unknown, stage?: unknown) {
  const label = id === undefined ? (stage ?? 'AWSCURRENT') : stage;
  const index = versions.findIndex(
    (version, age) => (id === undefined || version.id === id) && (label === undefined || STAGES[age] === label),
  );
  const version = versions[index];
  if (version === undefined) {
    const what = `value for ${id === undefined ? `staging label: ${label}` : `VersionId: ${id}`}`;
    throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret ${what}`);
  }
  return {
    VersionId: version.id,
    VersionStages: [STAGES[index]],
    SecretString: version.secretString,
    CreatedDate: version.createdAtMs / 1000,
  };
}
