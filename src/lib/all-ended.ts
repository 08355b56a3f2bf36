/** Waits for the end of all, whatever becomes of each; then throws the first fault, if there was one. */
export async function allEnded(work: readonly Promise<unknown>[]): Promise<void> {
  const ended = await Promise.allSettled(work);
  const fault = ended.find((one) => one.status === 'rejected');
  if (fault) throw fault.reason;
}
