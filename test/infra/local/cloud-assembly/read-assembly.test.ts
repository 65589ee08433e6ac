import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAssembly } from '../../../../infra/local/cloud-assembly/cloud-assembly';
import { environment, problemsOf, things, types, writeAssembly } from './assembly-builder';

const load = (directory: string) => loadAssembly(directory, environment, types);

describe('the directory of a cloud assembly', () => {
  it('has its stacks put in the order of deployment, whatever the order of the manifest', () => {
    const directory = writeAssembly({ user: things({}), base: things({}) });
    const type = 'aws:cloudformation:stack';
    const artifacts = { user: { type, dependencies: ['base'] }, base: { type } };
    writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts }));

    expect(load(directory).stacks.map(({ name }) => name)).toEqual(['base', 'user']);
  });

  it('is refused with one line when it does not exist', () => {
    expect(problemsOf(() => load('/nowhere/cdk.out'))).toEqual([
      '/nowhere/cdk.out/manifest.json cannot be read: ENOENT; synthesize it first (npm run synth)',
    ]);
  });

  it('is refused with one line when a template is broken JSON', () => {
    const directory = writeAssembly({ shop: {} });
    writeFileSync(join(directory, 'shop.template.json'), '{ "Resources": \n');

    const problems = problemsOf(() => load(directory));

    expect(problems).toEqual([expect.stringMatching(/^\/.*\/shop\.template\.json cannot be read: [^\n]*JSON[^\n]*$/)]);
  });

  it('is refused with one line when a template is missing', () => {
    const directory = writeAssembly({ shop: {} });
    rmSync(join(directory, 'shop.template.json'));

    expect(problemsOf(() => load(directory))).toEqual([
      `${directory}/shop.template.json cannot be read: ENOENT; synthesize it first (npm run synth)`,
    ]);
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
      'stack shop is synthesized for aws://111111111111/eu-west-1; the local cloud takes one without env',
    ]);
  });

  it('is refused when it holds a nested assembly', () => {
    const directory = writeAssembly({ stage: {} }, { type: 'cdk:cloud-assembly' });

    expect(problemsOf(() => load(directory))).toEqual([
      'artifact stage is a nested cloud assembly (a CDK Stage); the local cloud runs stacks only',
    ]);
  });
});
