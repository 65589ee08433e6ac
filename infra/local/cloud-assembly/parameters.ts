import { noValue } from './intrinsics';
import type { Environment } from './resource-types';
import type { TemplateParameter } from './template';

/**
 * The value of a pseudo parameter such as `AWS::Region`, `undefined` for any other name.
 *
 * @throws {Error} for a pseudo parameter that means nothing here.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
 */
export function findPseudoParameter(
  name: string,
  stack: { environment: Required<Environment>; name: string; id: string },
): unknown {
  switch (name) {
    case 'AWS::Region':
      return stack.environment.region;
    case 'AWS::AccountId':
      return stack.environment.accountId;
    case 'AWS::Partition':
      return stack.environment.partition;
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return stack.name;
    case 'AWS::StackId':
      return stack.id;
    case 'AWS::NoValue':
      return noValue;
    default:
      if (name.startsWith('AWS::')) throw new Error(`${name} is not understood by the local cloud`);
      return undefined;
  }
}

/**
 * The value of a template's parameter: its default, for nobody is there to give another.
 *
 * @throws {Error} when it has no default or one that is not allowed, or a type whose values come from an account.
 */
export function parameterValue(parameter: TemplateParameter): string | string[] {
  const { Type: type, Default: value, AllowedValues: allowed } = parameter;
  if (value === undefined) throw new Error('has no default, and the local cloud has no other source for its value');
  if (allowed?.map(String).includes(String(value)) === false) {
    throw new Error(`has the default ${value}, which is not one of its allowed values ${allowed.join(', ')}`);
  }
  switch (type) {
    case 'String':
    case 'Number':
      return String(value);
    case 'CommaDelimitedList':
      return String(value)
        .split(',')
        .map((element) => element.trim());
    default:
      throw new Error(`has type ${type}; the local cloud understands String, Number, CommaDelimitedList`);
  }
}

/**
 * Whether a parameter is the one by which CDK's templates learn the version of the bootstrap stack. Nothing is
 * bootstrapped here, so it is left alone as long as nothing but a rule refers to it.
 */
export function isBootstrapVersion({ Type: type, Default: value }: TemplateParameter): boolean {
  return type === 'AWS::SSM::Parameter::Value<String>' && String(value).startsWith('/cdk-bootstrap/');
}
