/** A story that the demo plays and the flow tests assert: an order, what happens to it afterwards, and what must become of it. */
export interface Story {
  readonly title: string;
  readonly order: { readonly quantity: number; readonly token?: string; readonly postalCode?: string };
  /** What is done when its saga has ended: the customer takes it back, or its refund is made to work and redriven. */
  readonly afterwards?: 'cancel' | 'redrive';
  readonly status: 'CONFIRMED' | 'REJECTED' | 'CANCELLED';
  readonly rejection?: { readonly code: string; readonly step: string };
  /** Steps and undos in their order, those that fail in capitals. */
  readonly steps: readonly string[];
  /** What the payment and the shipment are in the end; absent when there is none. */
  readonly payment?: string;
  readonly shipment?: string;
}

const ALL_STEPS = ['ReserveStock', 'ChargePayment', 'CreateShipment', 'ConfirmOrder'];
const confirmed = { status: 'CONFIRMED', steps: ALL_STEPS, payment: 'CAPTURED', shipment: 'BOOKED' } as const;
const rejectedByPayment = (code: string, payment: string) =>
  ({
    status: 'REJECTED',
    rejection: { code, step: 'ChargePayment' },
    steps: ['ReserveStock', 'CHARGEPAYMENT', 'AbandonOrder', 'RefundPayment', 'ReleaseStock', 'RejectOrder'],
    payment,
  }) as const;
const rejectedByShipping = (code: string, shipment: string) =>
  ({
    status: 'REJECTED',
    rejection: { code, step: 'CreateShipment' },
    steps: [
      'ReserveStock',
      'ChargePayment',
      'CREATESHIPMENT',
      'AbandonOrder',
      'CancelShipment',
      'RefundPayment',
      'ReleaseStock',
      'RejectOrder',
    ],
    payment: 'REFUNDED',
    shipment,
  }) as const;

/** What the demo plays, in this order. */
export const demoStories: readonly Story[] = [
  { title: 'an order that goes through', order: { quantity: 2 }, ...confirmed },
  {
    title: 'a declined card',
    order: { quantity: 1, token: 'tok_declined' },
    ...rejectedByPayment('PAYMENT_DECLINED', 'DECLINED'),
  },
  {
    title: 'more than there is in stock',
    order: { quantity: 1000 },
    status: 'REJECTED',
    rejection: { code: 'OUT_OF_STOCK', step: 'ReserveStock' },
    steps: ['RESERVESTOCK', 'AbandonOrder', 'ReleaseStock', 'RejectOrder'],
  },
  {
    title: 'an address that the carrier refuses',
    order: { quantity: 1, postalCode: '00000' },
    ...rejectedByShipping('SHIPPING_REFUSED', 'REFUSED'),
  },
  {
    title: 'a carrier that answers 500',
    order: { quantity: 1, postalCode: '99999' },
    ...rejectedByShipping('SHIPPING_UNAVAILABLE', 'CANCELLED'),
  },
  { title: 'a charge whose reply is lost', order: { quantity: 1, token: 'tok_lost_reply' }, ...confirmed },
  {
    title: 'an order that its customer takes back',
    order: { quantity: 1 },
    afterwards: 'cancel',
    status: 'CANCELLED',
    steps: [...ALL_STEPS, 'CancelShipment', 'RefundPayment', 'ReturnStock', 'CompleteCancellation'],
    payment: 'REFUNDED',
    shipment: 'CANCELLED',
  },
  {
    title: 'an undo that fails, and is redriven',
    order: { quantity: 1, token: 'tok_refund_fails', postalCode: '00000' },
    afterwards: 'redrive',
    status: 'REJECTED',
    rejection: { code: 'SHIPPING_REFUSED', step: 'CreateShipment' },
    steps: [
      'ReserveStock',
      'ChargePayment',
      'CREATESHIPMENT',
      'AbandonOrder',
      'CancelShipment',
      'REFUNDPAYMENT',
      'ReleaseStock',
      'ParkOrder',
      'AbandonOrder',
      'CancelShipment',
      'RefundPayment',
      'ReleaseStock',
      'RejectOrder',
    ],
    payment: 'REFUNDED',
    shipment: 'REFUSED',
  },
];

/**
 * An outage of the carrier, which the demo plays after the story of this title: many orders, so it is told by outage.ts. What becomes of
 * an order that is placed while the circuit is open, and of one that is placed when it has closed.
 */
export const carrierOutage = {
  title: 'a carrier outage that opens the circuit',
  comesAfter: 'an address that the carrier refuses',
  whileOpen: {
    title: 'an order while the circuit is open',
    order: { quantity: 1 },
    ...rejectedByShipping('SHIPPING_UNAVAILABLE', 'CANCELLED'),
  },
  whenClosed: { title: 'an order when it has closed', order: { quantity: 1 }, ...confirmed },
} as const satisfies { whileOpen: Story; whenClosed: Story; [about: string]: unknown };

/** The rest of what the sandbox can do; longer to wait for. */
export const otherStories: readonly Story[] = [
  {
    title: 'a provider that answers 500',
    order: { quantity: 1, token: 'tok_error' },
    ...rejectedByPayment('PAYMENT_UNAVAILABLE', 'VOIDED'),
  },
  {
    title: 'a provider that does not answer in time',
    order: { quantity: 1, token: 'tok_timeout' },
    ...rejectedByPayment('PAYMENT_UNAVAILABLE', 'VOIDED'),
  },
  { title: 'a provider that fails twice, then charges', order: { quantity: 1, token: 'tok_flaky' }, ...confirmed },
  { title: 'a booking whose reply is lost', order: { quantity: 1, postalCode: '99998' }, ...confirmed },
];
