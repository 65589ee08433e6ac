import { isObject } from './template';

/** Which version of a secret a dynamic reference asks for; the current one when both are absent. */
export interface SecretVersion {
  stage?: string;
  id?: string;
}

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
export async function resolveDynamicReferences<T>(
  value: T,
  secretString: (secretId: string, version: SecretVersion) => Promise<string>,
): Promise<T> {
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
  if (typeof value === 'string') {
    const references = value.match(REFERENCE) ?? [];
    return references.filter((reference) => parseReference(reference) === undefined).map(notUnderstood);
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(listDynamicReferenceProblems);
}

const REFERENCE = /\{\{resolve:[^}]*\}\}/g;

async function replaceReferences(
  text: string,
  secretString: (secretId: string, version: SecretVersion) => Promise<string>,
): Promise<string> {
  let resolved = '';
  let position = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const reference = parseReference(match[0]);
    if (reference === undefined) throw new Error(notUnderstood(match[0]));
    const secret = await secretString(reference.secretId, reference.version);
    resolved += text.slice(position, match.index) + memberOf(secret, reference.jsonKey, match[0]);
    position = match.index + match[0].length;
  }
  return resolved + text.slice(position);
}

// An ARN as the secret's id has colons of its own: arn:aws:secretsmanager:<region>:<account>:secret:<name>.
const SECRET_REFERENCE =
  /^\{\{resolve:secretsmanager:(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]+|[^:]+)(?::SecretString(?::([^:]*)(?::([^:]*)(?::([^:]*))?)?)?)?\}\}$/;

function parseReference(reference: string): { secretId: string; jsonKey?: string; version: SecretVersion } | undefined {
  const [, secretId, jsonKey, stage, id] = SECRET_REFERENCE.exec(reference) ?? [];
  if (secretId === undefined) return undefined;
  return { secretId, jsonKey: jsonKey || undefined, version: { stage: stage || undefined, id: id || undefined } };
}

function memberOf(secret: string, jsonKey: string | undefined, reference: string): string {
  if (jsonKey === undefined) return secret;
  // The secret's text must not appear in an error, so the parser's own message is not passed on.
  const document = parseObject(secret);
  const member = document !== undefined && Object.hasOwn(document, jsonKey) ? document[jsonKey] : undefined;
  if (member === undefined) throw new Error(`${reference}: the secret is no JSON object with a member ${jsonKey}`);
  return typeof member === 'string' ? member : JSON.stringify(member);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function notUnderstood(reference: string): string {
  return (
    `has the dynamic reference ${reference}, which the local cloud does not understand; it knows ` +
    '{{resolve:secretsmanager:<secret-id>:SecretString:<json-key>:<version-stage>:<version-id>}}'
  );
}
