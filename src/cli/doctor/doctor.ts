import type { Options } from '../../config/index.ts';
import type { CliContext } from '../context.ts';

/** What the doctor knows of the server that it looks at. */
export type Doctor = Pick<CliContext, 'env' | 'now'> & {
  readonly options: Options;
  /** Those of the options. */
  readonly warnings: readonly string[];
  /** As it was given; empty: none. */
  readonly repo: string;
};
