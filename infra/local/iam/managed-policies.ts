/**
 * The document of a policy that AWS has written, by its ARN. `holder` is the role that it is attached to.
 *
 * @throws {Error} when the local cloud does not know the policy.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export function getManagedPolicy(arn: string, holder: string): unknown {
  const name = arn.replace(/^arn:aws:iam::aws:policy\//, '');
  if (Object.hasOwn(DOCUMENTS, name)) return DOCUMENTS[name];
  throw new Error(`${holder}: managed policy ${arn} is not known; ${Object.keys(DOCUMENTS).join(', ')} are`);
}

const DOCUMENTS: Readonly<Record<string, unknown>> = {
  'service-role/AWSLambdaBasicExecutionRole': allow([
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ]),
  'service-role/AmazonAPIGatewayPushToCloudWatchLogs': allow([
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:DescribeLogGroups',
    'logs:DescribeLogStreams',
    'logs:PutLogEvents',
    'logs:GetLogEvents',
    'logs:FilterLogEvents',
  ]),
  AWSXRayDaemonWriteAccess: allow([
    'xray:PutTraceSegments',
    'xray:PutTelemetryRecords',
    'xray:GetSamplingRules',
    'xray:GetSamplingTargets',
    'xray:GetSamplingStatisticSummaries',
  ]),
};

function allow(actions: readonly string[]): unknown {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
}
