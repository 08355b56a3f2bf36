import type { OptionRows } from '../option.ts';

const ownDatabase = 'locks are kept in the database of --database-url';

export const storageOptions = {
  'locking-db-type': {
    type: 'string',
    default: 'boltdb',
    status: 'later',
    why: ownDatabase,
    choices: ['boltdb', 'redis'],
    help: 'Where Atlantis keeps its locks: `boltdb` or `redis`.',
  },
  'redis-host': { type: 'string', default: '', status: 'later', why: ownDatabase, help: 'Host of Redis.' },
  'redis-password': {
    type: 'string',
    default: '',
    status: 'later',
    why: ownDatabase,
    secret: true,
    help: 'Password for Redis.',
  },
  'redis-username': { type: 'string', default: '', status: 'later', why: ownDatabase, help: 'User name for Redis.' },
  'redis-port': {
    type: 'int',
    default: 6379,
    status: 'later',
    why: ownDatabase,
    zeroIsDefault: true,
    min: 1,
    max: 65_535,
    help: 'Port of Redis.',
  },
  'redis-db': { type: 'int', default: 0, status: 'later', why: ownDatabase, min: 0, help: 'Database number in Redis.' },
  'redis-tls-enabled': {
    type: 'bool',
    default: false,
    status: 'later',
    why: ownDatabase,
    help: 'Talk to Redis over TLS, version 1.2 or newer.',
  },
  'redis-insecure-skip-verify': {
    type: 'bool',
    default: false,
    status: 'later',
    why: ownDatabase,
    help: 'Do not check the certificate of Redis.',
  },
  'redis-cluster-addresses': {
    type: 'string',
    default: '',
    status: 'later',
    why: ownDatabase,
    help: 'Addresses of a Redis cluster: `host:port` with commas between them.',
  },
  'enable-external-stores': {
    type: 'bool',
    default: false,
    status: 'later',
    why: 'plan files are kept in the database',
    help: 'Use the stores that the server-side configuration names.',
  },
} as const satisfies OptionRows;
