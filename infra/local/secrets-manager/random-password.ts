import { randomInt } from 'node:crypto';

/** How a secret is made up; the part of CloudFormation's `GenerateSecretString` that is known here. */
export interface GenerateSecretString {
  /** Default: 32. */
  PasswordLength?: number;
  ExcludePunctuation?: boolean;
}

const LETTERS_AND_DIGITS = ['abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789'];
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/**
 * Makes up a password with at least one character of each kind.
 *
 * @throws {Error} when it is to be shorter than that
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
 */
export function generatePassword({ PasswordLength = 32, ExcludePunctuation }: GenerateSecretString): string {
  const kinds = ExcludePunctuation ? LETTERS_AND_DIGITS : [...LETTERS_AND_DIGITS, PUNCTUATION];
  const length = Number(PasswordLength);
  if (length < kinds.length) throw new Error(`PasswordLength ${length} is too short for ${kinds.length} kinds`);
  const all = kinds.join('');
  const password = Array.from({ length }, () => all.charAt(randomInt(all.length)));
  const hasEachKind = kinds.every((kind) => password.some((character) => kind.includes(character)));
  // Drawn anew, rather than mended, so that every character at every place is equally likely.
  return hasEachKind ? password.join('') : generatePassword({ PasswordLength, ExcludePunctuation });
}
