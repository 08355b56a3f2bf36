import type { z } from 'zod';
import type { DeliveryHeaders, DeliveryReading } from './webhooks.ts';

/** The header of that name, in lower case. An empty one is none: Gitea sends an empty signature where it has no secret. */
export function headerOf(headers: DeliveryHeaders, name: string): string | undefined {
  const value = headers[name];
  return (typeof value === 'string' ? value : value?.[0]) || undefined;
}

export function ignored(reason: string, reply: string): DeliveryReading {
  return { kind: 'ignored', reason, reply };
}

export function idle(reason: string, repoFullName: string | undefined): DeliveryReading {
  return { kind: 'idle', reason, repoFullName: repoFullName ?? null };
}

export function refused(text: string): Extract<DeliveryReading, { kind: 'refused' }> {
  return { kind: 'refused', status: 400, text };
}

/** What of a payload is not as the host describes it, and why. */
export function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.') || 'payload'}: ${issue?.message ?? 'not as expected'}`;
}
