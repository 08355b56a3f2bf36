import { gitlabForge } from '../../support/conversations/gitlab-forge.ts';
import { holdAll } from './hold-all.ts';

holdAll('GitLab', gitlabForge);
