/** Whoever makes a transition writes its event into the circuit's item; this service puts it on the bus. */
export { circuitClosed, circuitOpened } from '../../lib/resilience/circuit-events';
