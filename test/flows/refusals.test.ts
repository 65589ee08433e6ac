import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemblyDirectory, PROBE } from '../support/assembly';
import { startLocalSystem } from '../support/local-system';

let directory: string;
let assembly: string;
let data: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-refusals-'));
  assembly = join(directory, 'cdk.out');
  data = join(directory, 'data');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

// biome-ignore lint/suspicious/noExplicitAny: the tests spoil templates in every way
type Resources = Record<string, any>;

/** A copy of an assembly, with the resources of one of its templates spoilt. */
function spoil(kind: 'dev' | typeof PROBE, template: string, change: (resources: Resources) => void): void {
  cpSync(assemblyDirectory(kind), assembly, { recursive: true });
  const file = join(assembly, `${template}.template.json`);
  const json = JSON.parse(readFileSync(file, 'utf8'));
  change(json.Resources);
  writeFileSync(file, JSON.stringify(json));
}

function find(resources: Resources, type: string) {
  return Object.values(resources).find(({ Type }) => Type === type).Properties;
}

const spoilProbe = (change: (resources: Resources) => void) => spoil(PROBE, 'probe', change);

/** The lines of the refusal; a system that starts all the same fails the test. */
async function refusal(): Promise<string[]> {
  const started = await startLocalSystem({ assemblyDirectory: assembly, dataDirectory: data }).catch(
    (error: Error) => error,
  );
  if (started instanceof Error) return started.message.split('\n');
  await started.close();
  throw new Error('it started');
}

/** The content of every file of a directory; Level's own log is about its openings. */
function contentOf(path: string): Record<string, string> {
  const files = readdirSync(path).filter((name) => !/^LO(G|CK)/.test(name));
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(path, name)).toString('base64')]));
}

describe('a template that the local cloud does not understand is refused', () => {
  it('with every unknown type and property, at any depth', async () => {
    spoilProbe((resources) => {
      resources.Cluster = { Type: 'AWS::ECS::Cluster', Properties: {} };
      find(resources, 'AWS::SQS::Queue').FifoQueue = true;
      find(resources, 'AWS::Scheduler::Schedule').Target.EcsParameters = {};
    });

    const lines = await refusal();

    expect(lines).toHaveLength(3);
    for (const [index, what] of ['AWS::ECS::Cluster', 'FifoQueue', 'Target.EcsParameters'].entries()) {
      expect(lines.some((line) => line.includes(what))).toBe(true);
      expect(lines[index]).toContain('which the local cloud does not know');
    }
  });

  it.each([
    [
      'a missing asset',
      (resources: Resources) => {
        find(resources, 'AWS::Lambda::Function').Code.S3Key = 'gone.zip';
      },
      /asset gone\.zip/,
    ],
    [
      'a circular reference',
      (resources: Resources) => {
        const [one, two] = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::SQS::Queue');
        (one as [string, Resources])[1].DependsOn = (two as [string, Resources])[0];
        (two as [string, Resources])[1].DependsOn = (one as [string, Resources])[0];
      },
      /circular|cycle/i,
    ],
    [
      'an invalid state machine',
      (resources: Resources) => {
        const machine = find(resources, 'AWS::StepFunctions::StateMachine');
        machine.DefinitionString = machine.DefinitionString.replace('"StartAt":"Echo"', '"StartAt":"Ecco"');
      },
      /^stack probe: AWS::StepFunctions::StateMachine \w+: State machine "probe-\w+": .*Ecco/,
    ],
    [
      'a state machine with JSONPath',
      (resources: Resources) => {
        const machine = find(resources, 'AWS::StepFunctions::StateMachine');
        machine.DefinitionString = machine.DefinitionString.replace('"QueryLanguage":"JSONata",', '');
      },
      /query language JSONPath is not supported/,
    ],
    [
      'a policy with a condition on what no request has',
      (resources: Resources) => {
        find(resources, 'AWS::IAM::Policy').PolicyDocument.Statement[0].Condition = {
          Bool: { 'aws:MultiFactor': true },
        };
      },
      /aws:MultiFactor/,
    ],
    [
      'a queue that hides messages for less time than its function may run',
      (resources: Resources) => {
        const queues = Object.values(resources).filter(({ Type }) => Type === 'AWS::SQS::Queue');
        queues.find(({ Properties }) => Properties.QueueName === 'probe-work').Properties.VisibilityTimeout = 5;
      },
      /visibility timeout/i,
    ],
    [
      'a role that its service may not assume',
      (resources: Resources) => {
        find(resources, 'AWS::IAM::Role').AssumeRolePolicyDocument.Statement[0].Principal.Service = 'ec2.amazonaws.com';
      },
      /lambda\.amazonaws\.com is not authorized to perform: sts:AssumeRole/,
    ],
  ])('for %s, in one line', async (_what, change, line) => {
    spoilProbe(change);

    expect(await refusal()).toEqual([expect.stringMatching(line)]);
  });
});

describe('several defects of a template', () => {
  it('are listed together', async () => {
    spoilProbe((resources) => {
      for (const { Type, Properties } of Object.values(resources)) {
        if (Type === 'AWS::Lambda::Function') Properties.Code.S3Key = 'gone.zip';
        if (Type === 'AWS::StepFunctions::StateMachine') Properties.DefinitionString = '{}';
      }
    });

    const lines = await refusal();

    expect(lines.filter((line) => line.includes('gone.zip'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('AWS::StepFunctions::StateMachine'))).toHaveLength(2);
  });
});

describe('a data directory that cannot be used is refused, and left as it is', () => {
  beforeEach(async () => {
    cpSync(assemblyDirectory('dev'), assembly, { recursive: true });
    const system = await startLocalSystem({ assemblyDirectory: assembly, dataDirectory: data });
    await system.api.putStock('MUG-01', 5);
    await system.close();
  });

  it('when it is damaged', async () => {
    const current = join(data, 'CURRENT');
    writeFileSync(current, 'no manifest\n');
    const before = contentOf(data);

    expect(await refusal()).toEqual([expect.stringMatching(/^data directory .*(--fresh|--data)/)]);
    expect(contentOf(data)).toEqual(before);
  });

  it("when a table's key is another now", async () => {
    rmSync(assembly, { recursive: true });
    spoil('dev', 'holdfast-dev-inventory', (resources) => {
      const table = find(resources, 'AWS::DynamoDB::GlobalTable');
      table.KeySchema[0].AttributeName = 'id';
      table.AttributeDefinitions = [{ AttributeName: 'id', AttributeType: 'S' }];
    });

    expect(await refusal()).toEqual([expect.stringMatching(/holdfast-dev-inventory.*--fresh/)]);
    const system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev'), dataDirectory: data });
    expect(await system.api.stockOf('MUG-01')).toMatchObject({ onHand: 5 });
    await system.close();
  });
});
