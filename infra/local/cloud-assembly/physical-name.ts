import { createHash } from 'node:crypto';
import type { Environment } from './resource-types';

const SUFFIX_LENGTH = 12;
const SUFFIX_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/**
 * The name of a resource that the template does not name: `<stackName>-<logicalId>-<12 characters>`.
 *
 * CloudFormation's suffix is random; this one is computed from the two names, so that a restart finds its data again.
 * A name longer than `maximumLength` loses the ends of the two readable parts, never the suffix that makes it unique.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
 */
export function generatePhysicalName(stackName: string, logicalId: string, maximumLength: number): string {
  const digest = createHash('sha256').update(`${stackName}/${logicalId}`).digest();
  const suffix = [...digest.subarray(0, SUFFIX_LENGTH)].map((byte) => SUFFIX_ALPHABET[byte % SUFFIX_ALPHABET.length]);
  const readableLength = maximumLength - SUFFIX_LENGTH - 2;

  // Either part may take more than its half when the other leaves room.
  const half = Math.floor(readableLength / 2);
  const stackLength = Math.min(stackName.length, Math.max(half, readableLength - logicalId.length));
  const idLength = readableLength - stackLength;

  return `${stackName.slice(0, stackLength)}-${logicalId.slice(0, idLength)}-${suffix.join('')}`;
}

/** The id of a stack. Its last part, a random UUID on AWS, is computed from the name. */
export function generateStackId({ region, accountId }: Environment, stackName: string): string {
  const hex = createHash('sha256').update(stackName).digest('hex');
  const uuid = hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/${uuid}`;
}
