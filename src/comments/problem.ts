import { inlineText, isLong, outputBlock } from './markdown.ts';

/** What went wrong, by how it is told. */
export type Problem =
  /** Unexpected: in a block, since programs wrote most of it. */
  | { readonly kind: 'error'; readonly text: string }
  /** An expected "no": a sentence. `output` is what was printed before. */
  | { readonly kind: 'failed' | 'cancelled' | 'interrupted'; readonly text: string; readonly output: string };

const words = { error: 'Error', failed: 'Failed', cancelled: 'Cancelled', interrupted: 'Interrupted' } as const;

/** The part of a comment that says what went wrong. With `folding`, long blocks are folded away. */
export function problemBody(title: string, problem: Problem, folding: boolean): string {
  const heading = `**${title} ${words[problem.kind]}**`;
  const block = (text: string) => outputBlock(text, { fold: folding && isLong(text) });
  if (problem.kind === 'error') return `${heading}\n${block(problem.text)}`;
  const sentence = `${heading}: ${inlineText(problem.text)}`;
  return problem.output.trim() === '' ? sentence : `${sentence}\n${block(problem.output)}`;
}
