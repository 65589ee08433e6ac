import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '../../../functions/services';
import { ASSEMBLY_KINDS, assemblyDirectory } from '../../support/assembly';
import { type PlacedResource, placeOf, Templates } from '../templates';

const handlers = services.flatMap((service) =>
  Object.entries(service.handlers).map(([handler, contract]) => ({ service: service.name, handler, contract })),
);

describe.each(['dev', 'prod'] as const)('the functions of the %s assembly', (kind) => {
  const templates = new Templates(kind);

  it('are exactly the handlers of the contracts', () => {
    const names = templates.resources('AWS::Lambda::Function').map(({ Properties }) => Properties.FunctionName);

    expect(names.sort()).toEqual(
      handlers.map(({ service, handler }) => `holdfast-${templates.stage}-${service}-${handler}`).sort(),
    );
  });

  it.each(handlers)('$service/$handler runs as its contract says', ({ service, handler, contract }) => {
    const { Properties } = templates.functionOf(service, handler);

    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: contract.timeoutSeconds,
      MemorySize: contract.memoryMb ?? 256,
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'WARN', ApplicationLogLevel: 'INFO' },
      Environment: { Variables: { STAGE: templates.stage, NODE_OPTIONS: '--enable-source-maps' } },
    });
  });

  it('reserve no concurrency, because a new account has only ten executions to give', () => {
    for (const { Properties } of templates.resources('AWS::Lambda::Function')) {
      expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    }
  });

  it('have their code in an asset, never in the template', () => {
    for (const { Properties } of templates.resources('AWS::Lambda::Function')) {
      expect(Object.keys(Properties.Code).sort()).toEqual(['S3Bucket', 'S3Key']);
    }
  });

  it('have a role each, which only Lambda may assume', () => {
    const roles = templates.resources('AWS::Lambda::Function').map((made) => templates.roleOf(made));

    expect(new Set(roles.map(placeOf)).size).toBe(roles.length);
    for (const { Properties } of roles) {
      expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([
        { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } },
      ]);
    }
  });

  it('have a log each under their own name, with an end to what it keeps', () => {
    for (const made of templates.resources('AWS::Lambda::Function')) {
      const { Properties, DeletionPolicy } = logOf(templates, made);
      expect(Properties).toMatchObject({
        LogGroupName: `/aws/lambda/${made.Properties.FunctionName}`,
        RetentionInDays: kind === 'prod' ? 90 : 7,
      });
      expect(DeletionPolicy).toBe(kind === 'prod' ? 'Retain' : 'Delete');
    }
  });

  it('exist only once their permissions do, so that the first invocation is not refused', () => {
    for (const made of templates.resources('AWS::Lambda::Function')) {
      const role = templates.roleOf(made);
      const policies = templates
        .resources('AWS::IAM::Policy', made.stack)
        .filter(({ stack, Properties: p }) =>
          p.Roles.some((ref: unknown) => templates.target(stack, ref) === placeOf(role)),
        );
      expect(made.DependsOn).toEqual(expect.arrayContaining([role.id, ...policies.map(({ id }) => id)]));
    }
  });
});

describe.each(ASSEMBLY_KINDS)('the code of the %s assembly', (kind) => {
  const templates = new Templates(kind);
  const functions = templates.resources('AWS::Lambda::Function');

  it('is in the asset that the function names', () => {
    for (const made of functions) expect(statSync(codeOf(kind, made)).isFile()).toBe(true);
  });
});

describe('the code of a function', () => {
  // The runtime of Node.js 24 takes a handler of three parameters for one with a callback, and refuses to start it.
  it('loads with the environment of its template, and exports a handler that Node.js 24 accepts', () => {
    const templates = new Templates('dev');
    const functions = templates.resources('AWS::Lambda::Function').map((made) => ({
      name: made.Properties.FunctionName as string,
      path: codeOf('dev', made),
      env: environmentOf(templates, made),
    }));

    const loaded = loadAll(functions);

    expect(loaded).toEqual(
      functions.map(({ name }) => ({ name, type: 'function', parameters: expect.any(Number), error: null })),
    );
    expect(loaded.filter(({ parameters }) => parameters > 2)).toEqual([]);
  });

  it('does not load without the environment that it needs, so that a wrong deployment shows at once', () => {
    const path = codeOf('dev', new Templates('dev').functionOf('gateway', 'authorize'));

    const [loaded] = loadAll([{ name: 'authorize', path, env: {} }]);

    expect(loaded?.error).toBe('the environment variable TOKEN_ISSUER is not set');
  });
});

interface Loaded {
  readonly name: string;
  readonly type: string;
  readonly parameters: number;
  readonly error: string | null;
}

/** Loads modules one after the other, each with an environment of its own, in a process that has nothing else in it. */
function loadAll(modules: ReadonlyArray<{ name: string; path: string; env: Record<string, string> }>): Loaded[] {
  const program = `
    const loaded = [];
    for (const { name, path, env } of JSON.parse(require('node:fs').readFileSync(0, 'utf8'))) {
      process.env = { AWS_REGION: 'eu-central-1', ...env };
      await import(path).then(
        ({ handler }) => loaded.push({ name, type: typeof handler, parameters: handler.length, error: null }),
        ({ message }) => loaded.push({ name, type: 'none', parameters: 0, error: message }),
      );
    }
    process.stdout.write(JSON.stringify(loaded), () => process.exit(0));`;
  const output = execFileSync(process.execPath, ['-e', `(async () => {${program}})()`], {
    input: JSON.stringify(modules),
    encoding: 'utf8',
    env: {},
    stdio: 'pipe',
  });
  return JSON.parse(output);
}

/** What only a deployment knows is stood in for by an address: it is kept, not called, and the issuer must be one. */
function environmentOf(templates: Templates, { stack, Properties }: PlacedResource): Record<string, string> {
  const variables = Object.entries(Properties.Environment.Variables);
  const standIn = (value: unknown) => templates.text(stack, value).replace(/^\$\{.*\}$/, 'https://reference.example');
  return Object.fromEntries(variables.map(([name, value]) => [name, standIn(value)]));
}

function codeOf(kind: (typeof ASSEMBLY_KINDS)[number], { Properties }: PlacedResource): string {
  const hash = (Properties.Code.S3Key as string).replace(/\.zip$/, '');
  return join(assemblyDirectory(kind), `asset.${hash}`, 'index.mjs');
}

function logOf(templates: Templates, { stack, Properties }: PlacedResource): PlacedResource {
  const place = templates.target(stack, Properties.LoggingConfig.LogGroup);
  const log = templates.resources('AWS::Logs::LogGroup', stack).find((candidate) => placeOf(candidate) === place);
  if (!log) throw new Error(`there is no log ${place}`);
  return log;
}
