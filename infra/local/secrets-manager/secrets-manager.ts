/** The Secrets Manager room: keeps secrets and answers AWS Secrets Manager's JSON API. */
import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import { type GenerateSecretString, generatePassword } from './random-password';
import { getVersion, type Secret, secretArn, withNewVersion } from './secret';

export type { GenerateSecretString } from './random-password';
export { secretArn } from './secret';

type Document = Record<string, unknown>;
type Operation = { members: string[]; run: (body: Document) => Promise<Document> };

interface SecretsManagerOptions {
  store: KeyValueStore;
  clock: Clock;
  region: string;
  accountId: string;
}

/** Opens the room on its store. */
export function openSecretsManager(options: SecretsManagerOptions): SecretsManager {
  return new SecretsManager(options);
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html */
export class SecretsManager {
  private lastChange: Promise<unknown> = Promise.resolve();
  private readonly operations: Readonly<Record<string, Operation>> = {
    GetSecretValue: { members: ['SecretId', 'VersionId', 'VersionStage'], run: (body) => this.getSecretValue(body) },
    ListSecrets: { members: [], run: () => this.listSecrets() },
    PutSecretValue: {
      members: ['SecretId', 'SecretString', 'ClientRequestToken'],
      run: (body) => this.oneByOne(() => this.putSecretValue(body)),
    },
  };

  constructor(private readonly options: SecretsManagerOptions) {}

  /**
   * Makes sure that a secret exists, with a made-up value if told how. One that is there already keeps its value, so that
   * it outlives a restart.
   */
  createSecret(name: string, generate?: GenerateSecretString): Promise<void> {
    return this.oneByOne(async () => {
      if ((await this.find(name)) !== undefined) return;
      const createdAtMs = this.options.clock.now();
      const empty: Secret = { name, createdAtMs, versions: [] };
      const made = generate && { id: randomUUID(), secretString: generatePassword(generate), createdAtMs };
      await this.save(made ? withNewVersion(empty, made) : empty);
    });
  }

  /**
   * Does one operation of the API: GetSecretValue, ListSecrets or PutSecretValue.
   *
   * @throws {AwsError} as AWS does; `UnknownOperationException` for an operation that is not among these.
   */
  async handle(operation: string, body: Document): Promise<Document> {
    const known = Object.hasOwn(this.operations, operation) ? this.operations[operation] : undefined;
    if (known === undefined) {
      const message = `Secrets Manager operation ${operation} is not part of the local cloud; it has `;
      throw new AwsError('UnknownOperationException', message + Object.keys(this.operations).join(', '));
    }
    const others = Object.keys(body).filter((member) => !known.members.includes(member));
    if (others.length === 0) return known.run(body);
    throw invalidParameter(`${operation} does not understand ${others.join(', ')} in the local cloud`);
  }

  private async getSecretValue({ SecretId, VersionId, VersionStage }: Document): Promise<Document> {
    const secret = await this.get(SecretId);
    return { ...this.nameOf(secret), ...getVersion(secret, VersionId, VersionStage) };
  }

  private async listSecrets(): Promise<Document> {
    const secrets = await this.options.store.list<Secret>(KEY_PREFIX);
    const SecretList = secrets.map(({ value }) => ({ ...this.nameOf(value), CreatedDate: value.createdAtMs / 1000 }));
    return { SecretList };
  }

  private async putSecretValue(body: Document): Promise<Document> {
    const { SecretString: secretString, ClientRequestToken = randomUUID() } = body;
    if (typeof secretString !== 'string' || secretString === '') throw invalidParameter('SecretString must be text');
    const secret = await this.get(body.SecretId);
    const id = String(ClientRequestToken);
    const existing = secret.versions.find((version) => version.id === id);
    if (existing !== undefined && existing.secretString !== secretString) {
      const what = `You can't use ClientRequestToken ${id}: it is in use for a version of secret ${secret.name}.`;
      throw new AwsError('ResourceExistsException', what);
    }
    // A repeated request changes nothing, and is answered like the first one.
    const changed = existing
      ? secret
      : withNewVersion(secret, { id, secretString, createdAtMs: this.options.clock.now() });
    await this.save(changed);
    const { VersionId, VersionStages } = getVersion(changed, id);
    return { ...this.nameOf(secret), VersionId, VersionStages };
  }
  private nameOf({ name }: Secret): Document {
    return { ARN: secretArn(name, this.options), Name: name };
  }

  private async get(secretId: unknown): Promise<Secret> {
    if (typeof secretId !== 'string' || secretId === '') throw invalidParameter('SecretId must be a name or an ARN');
    const secret = await this.find(secretId);
    if (secret !== undefined) return secret;
    throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }

  private async find(secretId: string): Promise<Secret | undefined> {
    const nameInArn = /:secret:(.+)-\w{6}$/.exec(secretId)?.[1];
    const isArn = nameInArn !== undefined && secretArn(nameInArn, this.options) === secretId;
    return this.options.store.get<Secret>(KEY_PREFIX + (isArn ? nameInArn : secretId));
  }

  private save(secret: Secret): Promise<void> {
    return this.options.store.write([{ key: KEY_PREFIX + secret.name, value: secret }]);
  }

  // Two changes at the same time would both start from the same old secret, and one would be lost.
  private oneByOne<T>(change: () => Promise<T>): Promise<T> {
    const result = this.lastChange.then(change);
    this.lastChange = result.catch(() => undefined);
    return result;
  }
}

const KEY_PREFIX = 'secret/';

function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
