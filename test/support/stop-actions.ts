import type { StopActionOrder, StopActions } from '../../src/environments/index.ts';

/** Stop actions of these names for every environment; starting one only writes down the order. */
export function recordingStopActions(...names: readonly string[]): {
  readonly stopActions: StopActions;
  readonly orders: readonly StopActionOrder[];
} {
  const orders: StopActionOrder[] = [];
  const actions = names.map((name) => ({
    name,
    start: async (_tx: unknown, order: StopActionOrder) => void orders.push(order),
  }));
  return {
    orders,
    stopActions: async (_handle, { environments }) =>
      new Map(environments.map(({ id }) => [id, { kind: 'actions', actions }] as const)),
  };
}
