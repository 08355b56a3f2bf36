import { githubForge } from '../../support/conversations/github-forge.ts';
import { holdAll } from './hold-all.ts';

holdAll('GitHub', githubForge);
