import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAssembly } from '../../../../infra/local/cloud-assembly/cloud-assembly';
import { environment, makeDirectory, problemsOf, things, types, writeAssembly } from './assembly-builder';

const load = (directory: string) => loadAssembly(directory, environment, types);

describe('the directory of a cloud assembly', () => {
  it('is refused with one line when it does not exist', () => {
    expect(problemsOf(() => load('/nowhere/cdk.out'))).toEqual([
      'cloud assembly /nowhere/cdk.out is not a directory; synthesize it first (npm run synth)',
    ]);
  });

  it('is refused with one line when it has no manifest', () => {
    const directory = makeDirectory();

    expect(problemsOf(() => load(directory))).toEqual([`${directory}/manifest.json cannot be read: ENOENT`]);
  });

  it('is refused with one line when its manifest is something else', () => {
    const directory = makeDirectory();
    writeFileSync(join(directory, 'manifest.json'), '[]');

    expect(problemsOf(() => load(directory))).toEqual([
      `${directory}/manifest.json has no artifacts: it is no cloud assembly manifest`,
    ]);
  });

  it('is refused with one line when a template is broken JSON', () => {
    const directory = writeAssembly({ shop: {} });
    writeFileSync(join(directory, 'shop.template.json'), '{ "Resources": \n');

    const problems = problemsOf(() => load(directory));

    expect(problems).toEqual([expect.stringMatching(/^\/.*\/shop\.template\.json is not JSON: [^\n]*$/)]);
  });

  it('is refused with one line when a template is missing', () => {
    const directory = writeAssembly({ shop: {} });
    rmSync(join(directory, 'shop.template.json'));

    expect(problemsOf(() => load(directory))).toEqual([`${directory}/shop.template.json cannot be read: ENOENT`]);
  });

  it('is refused when a template has a section that would change its meaning', () => {
    const directory = writeAssembly({ shop: { Transform: 'AWS::Serverless-2016-10-31', ...things({}) } });

    expect(problemsOf(() => load(directory))).toEqual([
      'template shop.template.json: has section Transform, which the local cloud does not know (see docs/local-cloud.md)',
    ]);
  });

  it('is refused when a stack is made for another account or region', () => {
    const directory = writeAssembly({ shop: things({}) }, { environment: 'aws://111111111111/eu-west-1' });

    expect(problemsOf(() => load(directory))).toEqual([
      'stack shop is synthesized for 111111111111/eu-west-1, but the local cloud runs as 123456789012/eu-west-1; ' +
        'synthesize it without env, or run it as that account and region',
    ]);
  });

  it('is refused when it holds a nested assembly', () => {
    const directory = writeAssembly({ stage: {} }, { type: 'cdk:cloud-assembly' });

    expect(problemsOf(() => load(directory))).toEqual([
      'artifact stage is a nested cloud assembly (a CDK Stage); the local cloud runs stacks only',
    ]);
  });
});
