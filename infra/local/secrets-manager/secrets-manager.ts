/** The Secrets Manager room: keeps secrets and answers AWS Secrets Manager's JSON API. */
import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import { type GenerateSecretString, generateSecretString } from './random-password';
import { findVersion, type Secret, secretArn, stagesById, withNewVersion } from './secret';

export type { GenerateSecretString } from './random-password';
export { secretArn } from './secret';

export interface SecretsManager {
  /**
   * Makes sure that a secret exists. One that is there already keeps its value, so a made-up password outlives a restart.
   * Without `secretString` and `generate` the secret has no value yet.
   *
   * @throws {Error} when both are given, or `generate` cannot be followed.
   */
  createSecret(secret: NewSecret): Promise<void>;
  /**
   * Does one operation of the API: GetSecretValue, DescribeSecret, ListSecrets or PutSecretValue.
   *
   * @throws {AwsError} as AWS does; `UnknownOperationException` for an operation that is not among these.
   */
  handle(operation: string, body: Record<string, unknown>): Promise<Record<string, unknown>>;
}

export interface NewSecret {
  name: string;
  description?: string;
  secretString?: string;
  generate?: GenerateSecretString;
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html */
export function openSecretsManager(options: {
  store: KeyValueStore;
  clock: Clock;
  region: string;
  accountId: string;
}): SecretsManager {
  return new Secrets(options.store, options.clock, (name) => secretArn(name, options));
}

type Operation = { understands: string[]; run(body: Record<string, unknown>): Promise<Record<string, unknown>> };

class Secrets implements SecretsManager {
  private lastChange: Promise<unknown> = Promise.resolve();
  private readonly operations: Readonly<Record<string, Operation>> = {
    GetSecretValue: {
      understands: ['SecretId', 'VersionId', 'VersionStage'],
      run: (body) => this.getSecretValue(body),
    },
    DescribeSecret: {
      understands: ['SecretId'],
      run: async (body) => {
        const secret = await this.get(body.SecretId);
        return { ...this.describe(secret), VersionIdsToStages: stagesById(secret) };
      },
    },
    ListSecrets: { understands: [], run: () => this.listSecrets() },
    PutSecretValue: {
      understands: ['SecretId', 'SecretString', 'ClientRequestToken'],
      run: (body) => this.oneByOne(() => this.putSecretValue(body)),
    },
  };

  constructor(
    private readonly store: KeyValueStore,
    private readonly clock: Clock,
    private readonly arnOf: (name: string) => string,
  ) {}

  createSecret({ name, description, secretString, generate }: NewSecret): Promise<void> {
    return this.oneByOne(async () => {
      if (secretString !== undefined && generate !== undefined) {
        throw new Error(`secret ${name} must have either a value or a way to generate one, not both`);
      }
      if ((await this.find(name)) !== undefined) return;

      const atMs = this.clock.now();
      const empty: Secret = { name, description, createdAtMs: atMs, changedAtMs: atMs, versions: [] };
      const value = generate === undefined ? secretString : generateSecretString(generate);
      const isEmpty = value === undefined;
      await this.save(isEmpty ? empty : withNewVersion(empty, { id: randomUUID(), secretString: value, atMs }));
    });
  }

  async handle(operation: string, body: Record<string, unknown>): Promise<Record<string, unknown>> {
    const known = Object.hasOwn(this.operations, operation) ? this.operations[operation]! : undefined;
    if (known === undefined) {
      const names = Object.keys(this.operations).join(', ');
      const message = `Secrets Manager operation ${operation} is not part of the local cloud; it has ${names}`;
      throw new AwsError('UnknownOperationException', message);
    }
    const others = Object.keys(body).filter((member) => !known.understands.includes(member));
    if (others.length > 0) {
      throw invalidParameter(`${operation} does not understand ${others.join(', ')} in the local cloud`);
    }
    return known.run(body);
  }

  private async getSecretValue(body: Record<string, unknown>): Promise<Record<string, unknown>> {
    const secret = await this.get(body.SecretId);
    const version = findVersion(secret, body.VersionId, body.VersionStage);
    return {
      ARN: this.arnOf(secret.name),
      Name: secret.name,
      VersionId: version.id,
      SecretString: version.secretString,
      VersionStages: version.stages,
      CreatedDate: version.createdAtMs / 1000,
    };
  }

  private async listSecrets(): Promise<Record<string, unknown>> {
    const secrets = await this.store.list<Secret>(KEY_PREFIX);
    return {
      SecretList: secrets.map(({ value }) => ({ ...this.describe(value), SecretVersionsToStages: stagesById(value) })),
    };
  }

  private async putSecretValue(body: Record<string, unknown>): Promise<Record<string, unknown>> {
    const { SecretString: secretString, ClientRequestToken: id = randomUUID() } = body;
    if (typeof secretString !== 'string' || secretString.length === 0 || secretString.length > MAXIMUM_LENGTH) {
      throw invalidParameter(`SecretString must be text of 1 to ${MAXIMUM_LENGTH} characters`);
    }
    if (typeof id !== 'string' || id.length < 32 || id.length > 64) {
      throw invalidParameter('ClientRequestToken must be text of 32 to 64 characters');
    }
    const secret = await this.get(body.SecretId);
    const existing = secret.versions.find((version) => version.id === id);
    if (existing !== undefined && existing.secretString !== secretString) {
      const message = `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${this.arnOf(secret.name)}.`;
      throw new AwsError('ResourceExistsException', message);
    }
    // A repeated request changes nothing, and is answered like the first one.
    if (existing === undefined) await this.save(withNewVersion(secret, { id, secretString, atMs: this.clock.now() }));
    const stages = existing?.stages ?? ['AWSCURRENT'];
    return { ARN: this.arnOf(secret.name), Name: secret.name, VersionId: id, VersionStages: stages };
  }

  private describe({ name, description, createdAtMs, changedAtMs }: Secret): Record<string, unknown> {
    const dates = { CreatedDate: createdAtMs / 1000, LastChangedDate: changedAtMs / 1000 };
    return { ARN: this.arnOf(name), Name: name, Description: description, ...dates };
  }

  private async get(secretId: unknown): Promise<Secret> {
    if (typeof secretId !== 'string' || secretId === '') throw invalidParameter('SecretId must be a name or an ARN');
    const secret = await this.find(secretId);
    if (secret === undefined)
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    return secret;
  }

  private async find(secretId: string): Promise<Secret | undefined> {
    const nameInArn = /:secret:(.+)-[A-Za-z0-9]{6}$/.exec(secretId)?.[1];
    const isArn = nameInArn !== undefined && this.arnOf(nameInArn) === secretId;
    return this.store.get<Secret>(KEY_PREFIX + (isArn ? nameInArn : secretId));
  }

  private save(secret: Secret): Promise<void> {
    return this.store.write([{ key: KEY_PREFIX + secret.name, value: secret }]);
  }

  // Two changes at the same time would both start from the same old secret, and one would be lost.
  private oneByOne<T>(change: () => Promise<T>): Promise<T> {
    const result = this.lastChange.then(change);
    this.lastChange = result.catch(() => undefined);
    return result;
  }
}

const KEY_PREFIX = 'secret/';
const MAXIMUM_LENGTH = 65_536;

function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
