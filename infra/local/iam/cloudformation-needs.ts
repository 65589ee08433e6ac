import { anyResource, arnOf, type NeedsOf, ownAction, type ResourceOf, textIn } from './need';

/** The id at the end of a stack's ARN is not known by its name. */
const stack: ResourceOf = (body, sources) => {
  const name = textIn(body.StackName);
  return arnOf('cloudformation', sources, 'stack/', name === '' || name.startsWith('arn:') ? name : `${name}/*`);
};

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html */
export const cloudFormationNeeds: Readonly<Record<string, NeedsOf>> = {
  ...ownAction('cloudformation', ['DescribeStackResources', 'ListStackResources'], stack),
  ...ownAction('cloudformation', ['DescribeStacks'], (body, sources) => stack(body, sources) || '*'),
  ...ownAction('cloudformation', ['ListStacks'], anyResource),
};
