/** What the participants of one order have in their books at the end. */
export interface FieldOrder {
  /** Amounts by the charge's id, less what was given back. */
  readonly charges: ReadonlyMap<string, number>;
  /** Pieces by reservation. Negative where more was released than was reserved. */
  readonly reserved: number;
  /** How many times it was charged. */
  readonly captures: number;
  readonly isShipped: boolean;
}

/** Participants as samples have them: they do what they are told, each time they are told. */
export interface NaiveShop {
  /** Carries out one call and answers its result. */
  carryOut(call: { readonly step: string; readonly orderId: string; readonly id?: string }): { readonly id: string };
  order(orderId: string): FieldOrder;
}

/** Of every order: one piece of one SKU. */
export const FIELD_TOTAL_CENTS = 1200;

/**
 * Opens the books. Reserving adds to a counter without looking at what there is, a charge gets a new id each time and no
 * idempotency key; only the carrier knows a parcel by its order, so it never ships two.
 */
export function openNaiveShop(): NaiveShop {
  const orders = new Map<string, ReturnType<typeof emptyOrder>>();
  let ids = 0;

  const orderOf = (orderId: string) => {
    const known = orders.get(orderId) ?? emptyOrder();
    orders.set(orderId, known);
    return known;
  };

  return {
    carryOut({ step, orderId, id = '' }) {
      const of = orderOf(orderId);
      ids += 1;
      const newId = `${step}-${ids}`;
      switch (step) {
        case 'ReserveStock':
          of.reservations.set(newId, 1);
          break;
        case 'ChargePayment':
          of.captures += 1;
          of.charges.set(newId, FIELD_TOTAL_CENTS);
          break;
        case 'CreateShipment':
          of.parcel = newId;
          break;
        case 'ReleaseStock':
          of.reservations.set(newId, -1);
          break;
        case 'CancelReservation':
          // A delete by key: where nothing has that key, nothing happens and nobody is told.
          of.reservations.delete(id);
          break;
        case 'RefundPayment':
          of.charges.delete(id);
          break;
        case 'CancelShipment':
          if (of.parcel === id) of.parcel = undefined;
          break;
        default:
          throw new Error(`the naive shop has no step ${step}`);
      }
      return { id: newId };
    },
    order(orderId) {
      const { charges, reservations, captures, parcel } = orderOf(orderId);
      const pieces = [...reservations.values()].reduce((sum, each) => sum + each, 0);
      return { charges, reserved: pieces, captures, isShipped: parcel !== undefined };
    },
  };
}

function emptyOrder() {
  return {
    charges: new Map<string, number>(),
    reservations: new Map<string, number>(),
    captures: 0,
    parcel: undefined as string | undefined,
  };
}
