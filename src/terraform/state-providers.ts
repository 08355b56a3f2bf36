/**
 * The providers that a state needs and a project's lock file (`.terraform.lock.hcl`) does not have: `init` did not see
 * that state, and must run again with the state in place. Usually empty. Built-in providers need no installation. A
 * state that is not understood needs nothing: the engine will say what is wrong with it.
 */
export function providersNotInstalled(state: string, lockFile: string): string[] {
  const locked = new Set([...lockFile.matchAll(/^provider "([^"]+)"/gm)].map(([, address]) => address ?? ''));
  return providersOf(state).filter((address) => !address.startsWith('terraform.io/builtin/') && !locked.has(address));
}

function providersOf(state: string): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(state);
  } catch {
    return [];
  }
  const { resources } = (parsed ?? {}) as { resources?: unknown };
  if (!Array.isArray(resources)) return [];
  const names = resources.map((resource: unknown) => {
    const { provider } = (resource ?? {}) as { provider?: unknown };
    // `provider["registry.terraform.io/hashicorp/aws"]`, with a module in front and an alias behind.
    return typeof provider === 'string' ? /provider\["([^"]+)"\]/.exec(provider)?.[1] : undefined;
  });
  return [...new Set(names.filter((name) => name !== undefined))].toSorted();
}
