import { rmSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { sagas, services } from '../functions/services';
import { listConsumers } from '../lib/service/consumers';
import type { ServiceContract } from '../lib/service/contract';
import { bundleHandlers } from './bundle';
import { readSettings, type Settings } from './settings';
import { ApiStack } from './stacks/api-stack';
import { PlatformStack } from './stacks/platform-stack';
import { SagaStack } from './stacks/saga-stack';
import { ServiceStack } from './stacks/service-stack';

export interface AppOptions {
  /** Where the cloud assembly is written. Default: what the CDK CLI says, or `cdk.out`. */
  readonly outdir?: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

/**
 * Behaviour of the CDK: what it recommends for new projects, and three of ours. Here rather than in cdk.json, which the CLI alone
 * reads: the template must not depend on who makes it.
 */
const FLAGS = {
  ...recommendedFlags,
  '@aws-cdk/core:checkSecretUsage': true,
  // What the CDK's own validation finds fails the synthesis instead of being a warning.
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  // An output that another stack uses cannot be taken away by mistake.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
};

/**
 * The system as a CDK app: the platform, one stack per service, the sagas, the API. Stacks that must know a resource of a
 * later one build its ARN from its name, so that there is no circle.
 */
export function buildApp(options: AppOptions = {}): App {
  const app = new App({ ...options, context: { ...FLAGS, ...options.context }, analyticsReporting: false });
  const settings = readSettings(app.node, services.flatMap(partyKeys));
  const deployed = services.filter((service) => !service.standIn || isNeeded(service, settings));
  const bundles = bundleHandlers(deployed);
  const id = (name: string) => `holdfast-${settings.stage}-${name}`;
  const tags = { project: 'holdfast', stage: settings.stage };
  try {
    const platform = new PlatformStack(app, id('platform'), settings, {
      tags,
      description: 'Holdfast: the bus and identity',
    });
    const { tokens } = platform;
    const consumers = listConsumers(deployed);
    const standIns = new Map<string, ServiceStack>();
    const byStandIn = (service: ServiceContract) => (service.standIn ? 0 : 1);
    const stacks = [...deployed]
      .sort((a, b) => byStandIn(a) - byStandIn(b))
      .map((contract) => {
        const props = { contract, sagas, services: deployed, consumers, bundles, settings, tokens, standIns };
        const stack = new ServiceStack(app, id(contract.name), {
          ...props,
          tags: { ...tags, service: contract.name },
          description: `Holdfast: ${contract.summary}`,
        });
        // Rules and relays name the bus by its name only.
        stack.addStackDependency(platform);
        if (contract.standIn) standIns.set(contract.name, stack);
        return stack;
      });
    dependOnConsumers(stacks);
    dependOnCircuits(stacks);
    const saga = new SagaStack(app, id('saga'), sagas, settings, { tags, description: 'Holdfast: the sagas' });
    const api = new ApiStack(app, id('api'), deployed, settings, { tags, description: 'Holdfast: the API' });
    for (const stack of stacks) {
      saga.addStackDependency(stack);
      api.addStackDependency(stack);
    }
  } finally {
    // The assets are staged when a function is made, so the bundles are not needed any more.
    rmSync(bundles.directory, { recursive: true, force: true });
  }
  return app;
}

/**
 * Who tells events is deployed after all who react to them: an event for which there is no rule yet is lost for whoever would have one.
 *
 * @throws {Error} by the CDK, when two services react to each other: then one of them must be replayed what it missed.
 */
function dependOnConsumers(stacks: readonly ServiceStack[]): void {
  for (const publisher of stacks) {
    for (const consumer of stacks) {
      if (consumer !== publisher && reactsTo(consumer.contract, publisher.contract)) {
        publisher.addStackDependency(consumer);
      }
    }
  }
}

/** Who calls parties is deployed after the table of circuits, which its functions know by name only. */
function dependOnCircuits(stacks: readonly ServiceStack[]): void {
  const keeper = stacks.find(({ contract }) => contract.keepsCircuits);
  for (const caller of stacks) if (keeper && caller.contract.parties) caller.addStackDependency(keeper);
}

function reactsTo({ handlers }: ServiceContract, { name }: ServiceContract): boolean {
  return Object.values(handlers).some(
    ({ trigger }) => trigger.kind === 'events' && trigger.consumes.some(({ event }) => event.source === name),
  );
}

function partyKeys({ parties }: ServiceContract): string[] {
  return Object.values(parties ?? {}).map(({ urlContext }) => urlContext);
}

/** A stand-in is left out when every party that it plays has an address of its own. */
function isNeeded(standIn: ServiceContract, settings: Settings): boolean {
  const played = services
    .flatMap(({ parties }) => Object.values(parties ?? {}))
    .filter((party) => party.standIn.service === standIn.name);
  return played.some(({ urlContext }) => settings.partyUrls[urlContext] === undefined);
}

if (require.main === module) buildApp().synth();
