import { Circuits } from '../circuit-breaker/circuits';
import { dynamodbCircuitStore } from '../circuit-breaker/dynamodb-circuit-store';
import { requireEnv } from '../env';
import { openSecret } from '../secrets/aws-secret';
import type { ServiceContract } from '../service/contract';
import { ENV } from '../service/names';
import { announceTransition } from './circuit-events';
import { connectParty, type Party } from './outside-party';
import { PARTY_CIRCUIT } from './party-circuit';
import { reportTransition } from './report-transition';

/** The circuits of this process, by service: what one call learns of them, all parties' calls know. */
const circuitsOf = new Map<string, Circuits>();

/**
 * The outside party that a contract names, where the environment says it is, behind the circuit that the whole fleet of the service has
 * to it. Made once, at INIT, where its circuits are looked at: the first call finds a connection to the store, and what it has answered.
 */
export function openParty<Contract extends Pick<ServiceContract, 'name' | 'parties'>>(
  { name: service }: Contract,
  role: string & keyof NonNullable<Contract['parties']>,
): Party {
  const circuits = circuitsOf.get(service) ?? openCircuits(service);
  circuitsOf.set(service, circuits);
  return connectParty({
    role,
    url: requireEnv(ENV.partyUrl(role)),
    secret: openSecret(requireEnv(ENV.partySecretArn(role))),
    circuit: circuits.circuit(role, PARTY_CIRCUIT),
  });
}

function openCircuits(service: string): Circuits {
  const circuits = new Circuits({
    service,
    store: dynamodbCircuitStore({ tableName: requireEnv(ENV.circuitsTableName) }),
    annotate: announceTransition,
    onTransition: reportTransition,
  });
  void circuits.load();
  return circuits;
}
