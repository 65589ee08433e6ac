import type { Saga } from '../lib/saga/saga';
import type { ServiceContract } from '../lib/service/contract';
import { circuits } from './circuits/contract';
import { gateway } from './gateway/contract';
import { inventory } from './inventory/contract';
import { notifications } from './notifications/contract';
import { operations } from './operations/contract';
import { cancelOrder } from './orders/cancel-order.saga';
import { orders } from './orders/contract';
import { placeOrder } from './orders/place-order.saga';
import { payments } from './payments/contract';
import { sandbox } from './sandbox/contract';
import { shipping } from './shipping/contract';
import { tasks } from './tasks/contract';

/** Every service of the system. The infrastructure, the API document and the tests go through this list. */
export const services: readonly ServiceContract[] = [
  orders,
  inventory,
  payments,
  shipping,
  tasks,
  notifications,
  circuits,
  operations,
  gateway,
  sandbox,
];

/** Every saga of the system. */
export const sagas: readonly Saga[] = [placeOrder, cancelOrder];
