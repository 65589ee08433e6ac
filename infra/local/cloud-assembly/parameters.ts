import { noValue } from './intrinsics';
import type { Environment } from './resource-types';
import type { TemplateParameter } from './template';

/**
 * The value of a pseudo parameter such as `AWS::Region`.
 *
 * @throws {Error} for a pseudo parameter that means nothing here.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
 */
export function pseudoParameter(
  name: string,
  { region, accountId }: Environment,
  stack: { name: string; id: string },
): unknown {
  const values: Record<string, unknown> = {
    'AWS::AccountId': accountId,
    'AWS::NoValue': noValue,
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::StackId': stack.id,
    'AWS::StackName': stack.name,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  if (values[name] === undefined) throw new Error(`${name} is not understood by the local cloud`);
  return values[name];
}

/**
 * The value of a template's parameter: its default, for nobody is there to give another. One that nothing refers to is
 * never looked at, such as that by which CDK's templates learn the version of the bootstrap stack.
 *
 * @throws {Error} when it has no default, or a type whose values come from an account.
 */
export function parameterValue({ Type: type, Default: value }: TemplateParameter): string | string[] {
  if (value === undefined) throw new Error('has no default, and the local cloud has no other source for its value');
  if (type === 'String' || type === 'Number') return String(value);
  if (type !== 'CommaDelimitedList') {
    throw new Error(`has type ${type}; the local cloud understands String, Number, CommaDelimitedList`);
  }
  return String(value)
    .split(',')
    .map((element) => element.trim());
}
