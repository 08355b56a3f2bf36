import type { z } from 'zod';
import type { Principal, Role } from '../../../access/index.ts';
import type { Repo } from '../../../repos/index.ts';
import type { projectDetailsSchema, projectSchema } from './schemas.ts';
import { isoTime } from './time.ts';

/** GitLab's numbers of the roles: https://docs.gitlab.com/api/members/#roles */
const accessLevels: Record<Role, number> = {
  guest: 10,
  reporter: 20,
  developer: 30,
  maintainer: 40,
  owner: 50,
  admin: 50,
};

/** A repo as GitLab shows a project. What Polder does not know is null. */
export function renderProject(repo: Repo, baseUrl: string): z.infer<typeof projectSchema> {
  const names = repo.fullName.split('/');
  const path = names.at(-1) ?? repo.fullName;
  const groups = names.slice(0, -1);
  const groupPath = groups.join('/');
  const onHost = repo.hostType === 'Local' ? null : `https://${repo.host}`;
  return {
    id: repo.id,
    description: null,
    name: path,
    name_with_namespace: names.join(' / '),
    path,
    path_with_namespace: repo.fullName,
    created_at: isoTime(repo.createdAt),
    default_branch: null,
    tag_list: [],
    topics: [],
    ssh_url_to_repo: onHost && `git@${repo.host}:${repo.fullName}.git`,
    http_url_to_repo: onHost && `${onHost}/${repo.fullName}.git`,
    web_url: `${onHost ?? baseUrl}/${repo.fullName}`,
    readme_url: null,
    forks_count: 0,
    avatar_url: null,
    star_count: 0,
    last_activity_at: isoTime(repo.createdAt),
    namespace: {
      id: repo.groupId,
      name: groups.at(-1) ?? groupPath,
      path: groups.at(-1) ?? groupPath,
      kind: 'group',
      full_path: groupPath,
      parent_id: null,
      avatar_url: null,
      web_url: `${onHost ?? baseUrl}/${groupPath}`,
    },
  };
}

export function renderProjectDetails(
  repo: Repo,
  principal: Principal,
  baseUrl: string,
): z.infer<typeof projectDetailsSchema> {
  const isMember = principal.repoId === null || principal.repoId === repo.id;
  return {
    ...renderProject(repo, baseUrl),
    visibility: repo.visibility,
    archived: false,
    empty_repo: false,
    creator_id: null,
    issues_enabled: false,
    merge_requests_enabled: true,
    jobs_enabled: true,
    environments_access_level: 'enabled',
    permissions: {
      project_access: isMember ? { access_level: accessLevels[principal.role], notification_level: 3 } : null,
      group_access: null,
    },
    _links: { self: `${baseUrl}/api/v4/projects/${repo.id}` },
  };
}
