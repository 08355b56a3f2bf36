export type Gate = { readonly opened: Promise<void>; open(): void };

/** A promise, and what resolves it. */
export function createGate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
