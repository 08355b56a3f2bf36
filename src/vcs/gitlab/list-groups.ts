import type { GitlabClient } from './client.ts';
import { memberSchema, userSchema } from './schemas.ts';

/**
 * Those of the groups that the user is an active member of, directly: whoever is a member of a group is one of all
 * groups below it too, often with no more than the right to read, and that must not give commands away.
 * https://docs.gitlab.com/api/group_members/#retrieve-a-group-member
 */
export async function listGroups(client: GitlabClient, groups: readonly string[], login: string): Promise<string[]> {
  if (groups.length === 0) return [];
  const { items } = await client.list(
    'looking for a user',
    (api, page) => api.users.all({ ...page, username: login }),
    userSchema,
  );
  const user = items.find(({ username }) => username.toLowerCase() === login.toLowerCase());
  if (!user) return [];
  const memberships = await Promise.all(groups.map((group) => isActiveMember(client, group, user.id)));
  return groups.filter((_, index) => memberships[index]);
}

async function isActiveMember(client: GitlabClient, group: string, userId: number): Promise<boolean> {
  const member = await client.find(
    'reading a member of a group',
    (api) => api.members.show(group, userId),
    memberSchema,
  );
  return member?.state === 'active';
}
