/**
 * The engines' shared provider cache is not safe for two processes that install the same provider at once
 * (https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache). The gate lets an `init`
 * that may install something in only when no other one does; where nothing is left to install, all go side by side.
 */
export type InitGate = {
  /**
   * Runs `init` when it is safe. `key` names the set of providers it needs; null when it needs none. A set that was
   * installed before through this gate is in the cache, and then nothing has to wait.
   */
  enter<T>(key: string | null, init: () => Promise<T>): Promise<T>;
};

/** `shared`: whether there is a cache that projects share; without one the gate is open. */
export function createInitGate(shared: boolean): InitGate {
  const installed = new Set<string>();
  let turn: Promise<unknown> = Promise.resolve();
  return {
    enter: async (key, init) => {
      if (!shared || key === null || installed.has(key)) return init();
      const before = turn;
      const mine = before.then(async () => {
        const result = await init();
        // Without a lock file the newest versions are taken, which another time may be others.
        if (key !== 'unlocked') installed.add(key);
        return result;
      });
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}
