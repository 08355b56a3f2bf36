import type { OptionRows } from '../config/index.ts';

/** Which server a command talks to, and as whom. */
export const serverFlags = {
  server: {
    type: 'string',
    default: 'http://127.0.0.1:4141',
    status: 'built',
    help: 'Address of the server, also read from `POLDER_SERVER`.',
    check: (value: string) =>
      /^https?:\/\/[^/]/.test(value) ? undefined : '--server: must begin with http:// or https:// and name a host',
  },
  token: {
    type: 'string',
    default: '',
    status: 'built',
    secret: true,
    required: true,
    help: 'A Polder token. Set `POLDER_TOKEN` instead where others can see the command line.',
  },
} as const satisfies OptionRows;
