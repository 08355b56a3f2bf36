import { giteaForge } from '../../support/conversations/gitea-forge.ts';
import { holdAll } from './hold-all.ts';

holdAll('Gitea', giteaForge);
