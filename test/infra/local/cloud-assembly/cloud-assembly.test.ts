import { load, problemsOf, things, variable } from './assembly-builder';

describe('a loaded assembly', () => {
  it('computes what Ref and GetAtt give from names alone, in whatever order the resources stand', () => {
    const { stacks } = load({
      shop: things({
        User: { Value: [{ Ref: 'Named' }, { 'Fn::GetAtt': ['Named', 'Arn'] }, { 'Fn::GetAtt': 'Named.Arn' }] },
        Named: { ThingName: { 'Fn::Sub': `${variable('AWS::StackName')}-thing` } },
      }),
    });

    const user = stacks[0]!.resources.find(({ logicalId }) => logicalId === 'User')!;
    const arn = 'arn:aws:thing:eu-west-1:123456789012:shop-thing';
    expect(user.properties.Value).toEqual(['shop-thing', arn, arn]);
  });

  it('makes up the same name on each load for a resource without one, within the limit of its service', () => {
    const stackName = 'a-stack-with-quite-a-long-name-that-says-very-much';
    const template = things({ AThingWithALongLogicalId: {}, AThingWithALongLogicalName: {} });

    const [first, second] = [load({ [stackName]: template }), load({ [stackName]: template })];

    const names = first.stacks[0]!.resources.map(({ physicalName }) => physicalName);
    expect(names).toEqual(second.stacks[0]!.resources.map(({ physicalName }) => physicalName));
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^a-stack-[-a-z]+-AThingWithALong[A-Za-z]*-[A-Z0-9]{12}$/);
    for (const name of names) expect(name).toHaveLength(64);
  });

  it('puts each resource after those it refers to or depends on', () => {
    const template = things({ C: { Value: { Ref: 'B' } }, B: {}, A: {} });
    Object.assign(template.Resources.B as object, { DependsOn: ['A'] });

    const { stacks } = load({ shop: template });

    expect(stacks[0]!.resources.map(({ logicalId }) => logicalId)).toEqual(['A', 'B', 'C']);
  });

  it('hands one stack what another exports', () => {
    const { stacks } = load({
      first: {
        ...things({ Thing: {} }),
        Outputs: {
          Out: { Value: { Ref: 'Thing' }, Export: { Name: { 'Fn::Sub': `${variable('AWS::StackName')}:Thing` } } },
        },
      },
      second: things({ User: { Value: { 'Fn::ImportValue': 'first:Thing' } } }),
    });

    const [first, second] = stacks;
    expect(second!.resources[0]!.properties.Value).toBe(first!.resources[0]!.physicalId);
    expect(first!.outputs).toEqual([
      { key: 'Out', value: first!.resources[0]!.physicalId, exportName: 'first:Thing', description: undefined },
    ]);
  });

  it('leaves out resources and outputs whose condition is false, and what is NoValue', () => {
    const noValue = { Ref: 'AWS::NoValue' };
    const { stacks } = load({
      shop: {
        Parameters: { Stage: { Type: 'String', Default: 'dev' } },
        Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } },
        Resources: {
          Always: {
            Type: 'Test::Thing',
            Properties: { Color: noValue, Value: { 'Fn::If': ['IsProd', { Ref: 'Sometimes' }, ['a', noValue]] } },
          },
          Sometimes: { Type: 'Test::Thing', Condition: 'IsProd' },
        },
        Outputs: { Out: { Value: { Ref: 'Sometimes' }, Condition: 'IsProd' } },
      },
    });

    expect(stacks[0]!.resources.map(({ properties }) => properties)).toEqual([{ Value: ['a'] }]);
    expect(stacks[0]!.outputs).toEqual([]);
  });

  it('keeps names of types whose properties are ignored, and hands out no property that means nothing', () => {
    const { stacks } = load({
      shop: {
        Resources: {
          Role: { Type: 'Test::Role', Properties: { Anything: { 'Fn::Unheard': 1 } } },
          Board: { Type: 'Test::Dashboard', Properties: { Body: '{}' } },
          User: {
            Type: 'Test::Thing',
            Properties: {
              Value: [{ 'Fn::GetAtt': ['Role', 'Arn'] }, { Ref: 'Board' }],
              Parts: [{ Size: 1, Tags: [] }],
              Tags: [],
            },
          },
        },
      },
    });

    const [role, board, user] = stacks[0]!.resources;
    expect([role!.properties, board!.properties]).toEqual([{}, {}]);
    expect(user!.properties).toEqual({ Value: [role!.attribute('Arn'), board!.physicalId], Parts: [{ Size: 1 }] });
  });

  it('takes the defaults of parameters, and leaves the version of the CDK bootstrap stack alone', () => {
    const { stacks } = load({
      shop: {
        Parameters: {
          Password: { Type: 'String', Default: 'hunter2' },
          BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
        },
        Rules: { CheckBootstrapVersion: { Assertions: [{ Assert: { 'Fn::Contains': [] } }] } },
        ...things({ User: { Value: { Ref: 'Password' } } }),
      },
    });

    expect(stacks[0]!.resources[0]!.properties.Value).toBe('hunter2');
  });
});

describe('an assembly that cannot be run', () => {
  it('is refused with one line for each thing that the local cloud does not know, over all stacks', () => {
    const unknown = 'which the local cloud does not know (see docs/local-cloud.md)';

    const problems = problemsOf(() =>
      load({
        shop: {
          Resources: {
            Foo: { Type: 'AWS::X::Y' },
            User: { Type: 'Test::Thing', Properties: { Value: { Ref: 'Foo' }, Colour: 'red', Color: 'blue' } },
            Parts: { Type: 'Test::Thing', Properties: { Parts: [{ Size: 1 }, { Weight: 2 }] }, UpdatePolicy: {} },
          },
        },
        store: { Resources: { Bar: { Type: 'AWS::X::Z' } } },
      }),
    );

    expect(problems).toEqual([
      `template shop.template.json: resource Parts has UpdatePolicy, ${unknown}`,
      `template shop.template.json: resource Foo has type AWS::X::Y, ${unknown}`,
      `template shop.template.json: resource User has property Colour, ${unknown}`,
      'template shop.template.json: resource User has Color "blue"; the local cloud understands red, green',
      `template shop.template.json: resource Parts has property Parts[1].Weight, ${unknown}`,
      `template store.template.json: resource Bar has type AWS::X::Z, ${unknown}`,
    ]);
  });

  it.each([
    [
      'refers to nothing',
      { Value: { Ref: 'Nothing' } },
      'property Value: refers to Nothing, which is neither a resource',
    ],
    [
      'asks for an unknown attribute',
      { Value: { 'Fn::GetAtt': ['B', 'Size'] } },
      'attribute Size of B (Test::Thing) is not',
    ],
    ['asks for an unknown export', { Value: { 'Fn::ImportValue': 'x' } }, 'no stack deployed before shop exports x'],
    ['uses an unknown function', { Value: { 'Fn::GetAZs': '' } }, 'Fn::GetAZs is not understood'],
    [
      'has a dynamic reference to SSM',
      { Value: '{{resolve:ssm:x}}' },
      'has the dynamic reference {{resolve:ssm:x}}, which',
    ],
  ])('is refused when a resource %s', (_, properties, expected) => {
    const problems = problemsOf(() => load({ shop: things({ A: properties, B: {} }) }));

    expect(problems).toEqual([expect.stringContaining(expected)]);
    expect(problems[0]).toMatch(/^template shop\.template\.json: resource A\b/);
  });

  it('is refused when a resource refers to one whose condition is false', () => {
    const template = {
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      ...things({ A: { Value: { Ref: 'B' } }, B: {} }),
    };
    Object.assign(template.Resources.B as object, { Condition: 'Never' });

    const problems = problemsOf(() => load({ shop: template }));

    expect(problems).toEqual([
      'template shop.template.json: resource A, property Value: refers to resource B, which does not exist: condition Never is false',
    ]);
  });

  it('names the circle when names depend on each other', () => {
    const template = things({ A: { ThingName: { Ref: 'B' } }, B: { ThingName: { 'Fn::Sub': `${variable('A')}-x` } } });

    const problems = problemsOf(() => load({ shop: template }));

    expect(problems[0]).toMatch(
      /^circular dependency: .*resource A, property ThingName → .*resource B, .* → .*resource A, /,
    );
  });

  it('names the circle when resources need each other, though their names do not', () => {
    const template = things({ A: { Value: { Ref: 'B' } }, B: { Value: { Ref: 'A' } } });

    const problems = problemsOf(() => load({ shop: template }));

    expect(problems).toEqual(['template shop.template.json: resources: circular dependency: A → B → A']);
  });

  it('is refused when a stack imports what only a later stack exports', () => {
    const exporting = { ...things({ T: {} }), Outputs: { Out: { Value: { Ref: 'T' }, Export: { Name: 'late' } } } };

    const problems = problemsOf(() =>
      load({ first: things({ A: { Value: { 'Fn::ImportValue': 'late' } } }), exporting }),
    );

    expect(problems).toEqual([expect.stringContaining('no stack deployed before first exports late')]);
  });

  it('is refused when two stacks export under one name', () => {
    const template = { ...things({ T: {} }), Outputs: { Out: { Value: { Ref: 'T' }, Export: { Name: 'same' } } } };

    const problems = problemsOf(() => load({ first: template, second: template }));

    expect(problems).toEqual(['template second.template.json: output Out: same is already exported by another stack']);
  });

  it('is refused when a parameter has no value to take', () => {
    const Parameters = {
      Stage: { Type: 'String' },
      Zone: { Type: 'AWS::EC2::Image::Id', Default: 'x' },
    };
    const users = things({ A: { Value: { Ref: 'Stage' } }, B: { Value: { Ref: 'Zone' } } });

    const problems = problemsOf(() => load({ shop: { Parameters, ...users } }));

    expect(problems).toEqual([
      'template shop.template.json: parameter Stage: has no default, and the local cloud has no other source for its value',
      'template shop.template.json: parameter Zone: has type AWS::EC2::Image::Id; the local cloud understands String, Number, CommaDelimitedList',
    ]);
  });

  it('is refused when a resource has a condition that is not there', () => {
    const template = things({ A: {}, B: {} });
    Object.assign(template.Resources.B as object, { Condition: 'IsX' });

    const problems = problemsOf(() => load({ shop: template }));

    expect(problems).toEqual(['template shop.template.json: condition IsX: there is no such condition']);
  });
});
