/** What `polder quickstart` takes. Kept apart, so that the manual is made without loading a server. */
export const quickstartForm = {
  usage: 'polder quickstart [flags]',
  description:
    'Makes a sample repository, starts a server on the embedded database, plans and applies over HTTP, and leaves the\nserver running to be tried.',
  operands: 0,
  rows: {
    port: {
      type: 'int',
      default: 0,
      shownDefault: '4141, or a free one',
      status: 'built',
      flagOnly: true,
      min: 0,
      max: 65_535,
      help: 'Port to listen on.',
    },
    'data-dir': {
      type: 'string',
      default: '',
      shownDefault: 'a new folder, removed at the end',
      status: 'built',
      flagOnly: true,
      help: 'Folder for the sample repository and the database; kept.',
    },
    once: {
      type: 'bool',
      default: false,
      status: 'built',
      flagOnly: true,
      help: 'End after the tour instead of leaving the server running.',
    },
  },
} as const;
