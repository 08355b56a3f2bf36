/** Applies of a repo rest from each start to the next end. Times: milliseconds since the epoch. */
export type FreezePeriod = {
  readonly id: number;
  readonly repoId: number;
  /** Cron expressions of five fields, as they were written. */
  readonly freezeStart: string;
  readonly freezeEnd: string;
  /** A zone of the IANA's, or a name that Rails has for one, as it was written. */
  readonly cronTimezone: string;
  readonly createdAt: number;
  readonly updatedAt: number;
};
