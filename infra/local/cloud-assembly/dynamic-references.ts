import { isObject } from './template';

/** Gives the text of a secret, in the version of that stage or id; in the current one when both are absent. */
type SecretString = (secretId: string, version: { stage?: string; id?: string }) => Promise<string>;

/**
 * Replaces every `{{resolve:secretsmanager:…}}` in a value by what it refers to.
 *
 * The loader leaves dynamic references as they are, because a secret has no value before it has been created.
 * CloudFormation, too, resolves them as late as it creates the resource that holds them: call this at that moment, with
 * the resource's properties. `secretString` gives the text of a secret by its name or ARN.
 *
 * @throws {Error} when the secret's text is no JSON object with the member that the reference names.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 */
export async function resolveDynamicReferences<T>(value: T, secretString: SecretString): Promise<T> {
  const resolve = async (part: unknown): Promise<unknown> => {
    if (typeof part === 'string') return replaceReferences(part, secretString);
    if (Array.isArray(part)) return Promise.all(part.map(resolve));
    if (!isObject(part)) return part;
    const members = Object.entries(part).map(async ([key, member]) => [key, await resolve(member)] as const);
    return Object.fromEntries(await Promise.all(members));
  };
  return (await resolve(value)) as T;
}

/** Lists what is wrong with the dynamic references in a value: a service other than Secrets Manager, or a wrong form. */
export function listDynamicReferenceProblems(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(listDynamicReferenceProblems);
  return referencesIn(value)
    .filter((reference) => !SECRET_REFERENCE.test(reference))
    .map(
      (reference) =>
        `has the dynamic reference ${reference}, which the local cloud does not understand; it knows ` +
        '{{resolve:secretsmanager:<secret-id>:SecretString:<json-key>:<version-stage>:<version-id>}}',
    );
}

const REFERENCE = /\{\{resolve:[^}]*\}\}/g;
// An ARN as the secret's id has colons of its own: arn:aws:secretsmanager:<region>:<account>:secret:<name>.
const SECRET_REFERENCE =
  /^\{\{resolve:secretsmanager:(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]+|[^:]+)(?::SecretString(?::([^:]*)(?::([^:]*)(?::([^:]*))?)?)?)?\}\}$/;

function referencesIn(value: unknown): string[] {
  return typeof value === 'string' ? (value.match(REFERENCE) ?? []) : [];
}

async function replaceReferences(text: string, secretString: SecretString): Promise<string> {
  const values = await Promise.all(referencesIn(text).map((reference) => referredValue(reference, secretString)));
  return text.replace(REFERENCE, () => values.shift() ?? '');
}

async function referredValue(reference: string, secretString: SecretString): Promise<string> {
  const [, secretId = '', jsonKey, stage, id] = SECRET_REFERENCE.exec(reference) ?? [];
  const secret = await secretString(secretId, { stage: stage || undefined, id: id || undefined });
  if (!jsonKey) return secret;
  const member = memberOf(secret, jsonKey);
  if (member === undefined) throw new Error(`${reference}: the secret is no JSON object with a member ${jsonKey}`);
  return typeof member === 'string' ? member : JSON.stringify(member);
}

function memberOf(secret: string, name: string): unknown {
  try {
    const document: unknown = JSON.parse(secret);
    return isObject(document) && Object.hasOwn(document, name) ? document[name] : undefined;
  } catch {
    // The parser's own message is not passed on: it would show the secret's text.
    return undefined;
  }
}
