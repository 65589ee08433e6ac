/**
 * The document of a policy that AWS has written, by its ARN. `place` is where it is attached.
 *
 * @throws {Error} when the local cloud does not know the policy.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export function getManagedPolicy(arn: string, place: string): unknown {
  const Action = ACTIONS[arn.replace(/^arn:aws:iam::aws:policy\//, '')];
  if (Action === undefined) throw new Error(`${place} is not known; ${Object.keys(ACTIONS).join(', ')} are`);
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] };
}

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'service-role/AWSLambdaBasicExecutionRole': ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
  'service-role/AmazonAPIGatewayPushToCloudWatchLogs': [
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:DescribeLogGroups',
    'logs:DescribeLogStreams',
    'logs:PutLogEvents',
    'logs:GetLogEvents',
    'logs:FilterLogEvents',
  ],
};
