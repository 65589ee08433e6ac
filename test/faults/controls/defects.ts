import type { Defect } from './defect';
import { defectsOfEvents } from './defects-of-events';
import { defectsOfOrders } from './defects-of-orders';
import { defectsOfSagas } from './defects-of-sagas';
import { defectsOfSteps } from './defects-of-steps';

/** Every mistake that is planted. Read the other way round, it says what each line that is broken here guards. */
export const defects: readonly Defect[] = [
  ...[defectsOfSteps, defectsOfSagas, defectsOfOrders, defectsOfEvents].flat(),
];
