import { localForge } from '../../support/conversations/local-forge.ts';
import { holdAll } from './hold-all.ts';

holdAll('local repositories', localForge);
