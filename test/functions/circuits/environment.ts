import '../../support/environment';

/** What functions of the circuits service find beside the rest. To be imported before their handlers. */
Object.assign(process.env, { CIRCUITS: 'payments/provider,shipping/carrier' });
