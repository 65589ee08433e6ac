import { load, problemsOf, things, variable } from './assembly-builder';

/** The template in which each value of the table stands as a property of `User`. */
function resolved(value: unknown, sections: object = {}): unknown {
  const resources = things({ User: { Value: value }, Queue: { ThingName: 'jobs' } });
  const { stacks } = load({
    exporting: { ...things({}), Outputs: { Out: { Value: 'shared', Export: { Name: 'base-Queue' } } } },
    shop: { ...sections, ...resources },
  });
  return stacks[1]!.resources.find(({ logicalId }) => logicalId === 'User')!.properties.Value;
}

const arn = 'arn:aws:thing:eu-west-1:123456789012:jobs';
const sections = {
  AWSTemplateFormatVersion: '2010-09-09',
  Metadata: { Anything: { 'Fn::Unheard': 1 } },
  Parameters: {
    EnvType: { Type: 'String', Default: 'prod', AllowedValues: ['prod', 'test'] },
    Count: { Type: 'Number', Default: 3 },
    Subnets: { Type: 'CommaDelimitedList', Default: 'a, b,c' },
    BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
  },
  Rules: { CheckBootstrapVersion: { Assertions: [{ Assert: { 'Fn::Contains': [] } }] } },
  Mappings: { RegionMap: { 'eu-west-1': { HVM64: 'ami-1', Zones: ['x', 'y'] } } },
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'EnvType' }, 'prod'] },
    IsTest: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    Both: { 'Fn::And': [{ Condition: 'IsProd' }, { 'Fn::Equals': [{ Ref: 'Count' }, '3'] }] },
    Either: { 'Fn::Or': [{ Condition: 'IsTest' }, { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] }] },
  },
};

describe('a template resolves as the CloudFormation reference says', () => {
  const page = 'intrinsic-function-reference';
  it.each<[string, string, unknown, unknown]>([
    [`${page}-ref`, 'a resource', { Ref: 'Queue' }, 'jobs'],
    [`${page}-ref`, 'a parameter', { Ref: 'EnvType' }, 'prod'],
    [`${page}-ref`, 'a number', { Ref: 'Count' }, '3'],
    [`${page}-ref`, 'a list', { Ref: 'Subnets' }, ['a', 'b', 'c']],
    ['pseudo-parameter-reference', 'AccountId', { Ref: 'AWS::AccountId' }, '123456789012'],
    ['pseudo-parameter-reference', 'Partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['pseudo-parameter-reference', 'Region', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['pseudo-parameter-reference', 'StackName', { Ref: 'AWS::StackName' }, 'shop'],
    ['pseudo-parameter-reference', 'URLSuffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['pseudo-parameter-reference', 'NoValue in an object', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
    ['pseudo-parameter-reference', 'NoValue in a list', [{ Ref: 'AWS::NoValue' }, 1], [1]],
    [`${page}-getatt`, 'a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, arn],
    [`${page}-getatt`, 'text', { 'Fn::GetAtt': 'Queue.Arn' }, arn],
    [`${page}-getatt`, 'Ref as the attribute', { 'Fn::GetAtt': ['Queue', { Ref: 'Attribute' }] }, arn],
    [`${page}-join`, 'values', { 'Fn::Join': [':', ['a', 'b', 'c']] }, 'a:b:c'],
    [`${page}-join`, 'a parameter', { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }]] }, 'arn:aws'],
    [
      `${page}-sub`,
      'without a map',
      { 'Fn::Sub': `${variable('AWS::Region')}-${variable('Queue.Arn')}` },
      `eu-west-1-${arn}`,
    ],
    [`${page}-sub`, 'with a map', { 'Fn::Sub': [`www.${variable('D')}`, { D: { Ref: 'EnvType' } }] }, 'www.prod'],
    [`${page}-sub`, 'a literal', { 'Fn::Sub': variable('!Literal') }, variable('Literal')],
    [`${page}-select`, 'an index', { 'Fn::Select': ['1', ['apples', 'grapes', 'oranges']] }, 'grapes'],
    [`${page}-select`, 'a list parameter', { 'Fn::Select': ['0', { Ref: 'Subnets' }] }, 'a'],
    [`${page}-split`, 'text', { 'Fn::Split': ['|', 'a|b|c'] }, ['a', 'b', 'c']],
    [`${page}-split`, 'empty parts', { 'Fn::Split': ['|', 'a||c|'] }, ['a', '', 'c', '']],
    [`${page}-findinmap`, 'text', { 'Fn::FindInMap': ['RegionMap', { Ref: 'AWS::Region' }, 'HVM64'] }, 'ami-1'],
    [`${page}-findinmap`, 'a list', { 'Fn::FindInMap': ['RegionMap', 'eu-west-1', 'Zones'] }, ['x', 'y']],
    [`${page}-importvalue`, 'a name', { 'Fn::ImportValue': { 'Fn::Sub': 'base-Queue' } }, 'shared'],
    [`${page}-base64`, 'text', { 'Fn::Base64': 'AWS CloudFormation' }, 'QVdTIENsb3VkRm9ybWF0aW9u'],
    [`${page}-conditions`, 'Equals', { 'Fn::If': ['IsProd', 'yes', 'no'] }, 'yes'],
    [`${page}-conditions`, 'Not', { 'Fn::If': ['IsTest', 'yes', 'no'] }, 'no'],
    [`${page}-conditions`, 'And', { 'Fn::If': ['Both', 'yes', 'no'] }, 'yes'],
    [`${page}-conditions`, 'Or', { 'Fn::If': ['Either', 'yes', 'no'] }, 'no'],
    [`${page}-conditions`, 'If that removes', { a: { 'Fn::If': ['IsTest', 1, { Ref: 'AWS::NoValue' }] } }, {}],
    [
      'dynamic-references-secretsmanager',
      'left for later',
      '{{resolve:secretsmanager:s}}',
      '{{resolve:secretsmanager:s}}',
    ],
  ])('%s: %s', (_page, _case, value, expected) => {
    const parameters = { ...sections.Parameters, Attribute: { Type: 'String', Default: 'Arn' } };

    expect(resolved(value, { ...sections, Parameters: parameters })).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    ['Cidr', { 'Fn::Cidr': ['10.0.0.0/16', 1] }, 'Fn::Cidr is not understood'],
    ['a macro', { 'Fn::Transform': { Name: 'AWS::Include' } }, 'Fn::Transform is not understood'],
    ['language extensions', { 'Fn::ToJsonString': {} }, 'Fn::ToJsonString is not understood'],
    [
      'the default of FindInMap',
      { 'Fn::FindInMap': ['RegionMap', 'x', 'y', { DefaultValue: 'z' }] },
      'Fn::FindInMap has an argument it cannot take: ["RegionMap","x","y",{"DefaultValue":"z"}]',
    ],
    ['a map without the key', { 'Fn::FindInMap': ['RegionMap', 'us-east-1', 'HVM64'] }, 'us-east-1'],
    ['a parameter of the account', { Ref: 'AWS::NotificationARNs' }, 'AWS::NotificationARNs is not understood'],
    ['a secure parameter', '{{resolve:ssm-secure:name:1}}', 'has the dynamic reference {{resolve:ssm-secure:name:1}}'],
    ['the bootstrap version', { Ref: 'BootstrapVersion' }, 'has type AWS::SSM::Parameter::Value<String>'],
  ])('and refuses %s by name', (_, value, message) => {
    expect(problemsOf(() => resolved(value, sections))).toEqual([expect.stringContaining(message)]);
  });
});

describe('an assembly with many defects', () => {
  it('is refused once, with a line for every one of them', () => {
    const unknown = 'which the local cloud does not know (see docs/local-cloud.md)';
    const first = 'template first.template.json:';
    const second = 'template second.template.json:';

    const problems = problemsOf(() =>
      load({
        first: {
          Transform: 'AWS::Serverless-2016-10-31',
          Conditions: { Unused: { 'Fn::Contains': ['a'] } },
          Resources: {
            Bucket: { Type: 'AWS::S3::Bucket' },
            Deep: { Type: 'Test::Thing', Properties: { Parts: { Size: 1, Weight: 2, Height: 3 }, Color: 'blue' } },
            Many: {
              Type: 'Test::Thing',
              Properties: { Value: [{ 'Fn::Cidr': [] }, { a: { Ref: 'Nobody' }, b: { 'Fn::GetAtt': 'Deep.Size' } }] },
            },
            Hen: { Type: 'Test::Thing', Properties: { ThingName: { Ref: 'Egg' } } },
            Egg: { Type: 'Test::Thing', Properties: { ThingName: { Ref: 'Hen' } } },
          },
        },
        second: {
          Resources: {
            A: { Type: 'Test::Thing', DependsOn: 'B' },
            B: { Type: 'Test::Thing', DependsOn: ['A'] },
            Importer: { Type: 'Test::Thing', Properties: { Value: { 'Fn::ImportValue': 'nobody-exports-this' } } },
          },
          Outputs: { Out: { Value: { 'Fn::GetAtt': ['A', 'Size'] } } },
        },
      }),
    );

    expect(problems).toHaveLength(14);
    expect(problems).toEqual(
      expect.arrayContaining([
        `${first} has section Transform, ${unknown}`,
        expect.stringMatching(/^template first.*: condition Unused: {"Fn::Contains":\["a"\]} is not a condition/),
        `${first} resource Bucket has type AWS::S3::Bucket, ${unknown}`,
        `${first} resource Deep has property Parts.Weight, ${unknown}`,
        `${first} resource Deep has property Parts.Height, ${unknown}`,
        `${first} resource Deep has Color "blue"; the local cloud understands red, green`,
        expect.stringContaining(`${first} resource Many, property Value: Fn::Cidr is not understood`),
        expect.stringContaining(`${first} resource Many, property Value: refers to Nobody, which is neither`),
        expect.stringContaining(`${first} resource Many, property Value: attribute Size of Deep (Test::Thing) is not`),
        expect.stringMatching(
          /^circular dependency: .*resource Hen, name → .*resource Egg, name → .*resource Hen, name$/,
        ),
        `${first} resources: circular dependency: Hen → Egg → Hen`,
        `${second} resources: circular dependency: A → B → A`,
        expect.stringContaining(`${second} resource Importer, property Value: no stack deployed before second exports`),
        expect.stringContaining(`${second} output Out, value: attribute Size of A (Test::Thing) is not known`),
      ]),
    );
  });
});
