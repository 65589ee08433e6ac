import { randomInt } from 'node:crypto';

/** How Secrets Manager is to make up a secret: the `GenerateSecretString` of the CloudFormation resource. */
export interface GenerateSecretString {
  ExcludeCharacters?: string;
  ExcludeLowercase?: boolean;
  ExcludeNumbers?: boolean;
  ExcludePunctuation?: boolean;
  ExcludeUppercase?: boolean;
  IncludeSpace?: boolean;
  /** 1 to 4096 characters. Default: 32. */
  PasswordLength?: number;
  /** At least one character of each included kind. Default: true. */
  RequireEachIncludedType?: boolean;
  /** The member of the JSON object in `SecretStringTemplate` that is to hold the password; both or neither. */
  GenerateStringKey?: string;
  SecretStringTemplate?: string;
}

/**
 * Makes up a secret's text: a random password, or the template's JSON object with the password as one more member.
 *
 * @throws {Error} when the settings contradict each other or leave no character.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
 */
export function generateSecretString(settings: GenerateSecretString): string {
  const { GenerateStringKey: key, SecretStringTemplate: template } = settings;
  if ((key === undefined) !== (template === undefined)) {
    throw new Error('GenerateStringKey and SecretStringTemplate must be given together');
  }
  const password = generatePassword(settings);
  return key === undefined ? password : JSON.stringify({ ...parseTemplate(template!), [key]: password });
}

function generatePassword(settings: GenerateSecretString): string {
  const length = Number(settings.PasswordLength ?? 32);
  if (!Number.isInteger(length) || length < 1 || length > 4096) {
    throw new Error(`PasswordLength must be an integer from 1 to 4096, got ${settings.PasswordLength}`);
  }
  const kinds = includedKinds(settings);
  const required = isTrue(settings.RequireEachIncludedType ?? true) ? kinds : [];
  const all = kinds.join('');
  if (all === '') throw new Error('the exclusions leave no character for the password');
  if (required.length > length) throw new Error(`PasswordLength ${length} is too short for ${required.length} kinds`);

  const characters = required.map(pick);
  while (characters.length < length) characters.push(pick(all));
  return shuffle(characters).join('');
}

function includedKinds(settings: GenerateSecretString): string[] {
  const excluded = settings.ExcludeCharacters ?? '';
  const kinds = [
    isTrue(settings.ExcludeLowercase) ? '' : 'abcdefghijklmnopqrstuvwxyz',
    isTrue(settings.ExcludeUppercase) ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    isTrue(settings.ExcludeNumbers) ? '' : '0123456789',
    isTrue(settings.ExcludePunctuation) ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    isTrue(settings.IncludeSpace) ? ' ' : '',
  ];
  return kinds
    .map((kind) => [...kind].filter((character) => !excluded.includes(character)).join(''))
    .filter((kind) => kind !== '');
}

// A template may write a boolean as text.
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

function pick(characters: string): string {
  return characters[randomInt(characters.length)]!;
}

// Fisher-Yates: without it the first characters would always be of the required kinds, in their order.
function shuffle(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other]!, characters[last]!];
  }
  return characters;
}

function parseTemplate(template: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(template);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Error(`SecretStringTemplate must be a JSON object, got ${template}`);
}
