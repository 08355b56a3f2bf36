import type { z } from 'zod';
import type { Principal, Token, User } from '../../../access/index.ts';
import type { currentUserSchema, ownTokenSchema, userBasicSchema, userSchema } from './schemas.ts';
import { isoTime, isoTimeOrNull } from './time.ts';

export function renderUserBasic(user: User, baseUrl: string): z.infer<typeof userBasicSchema> {
  return {
    id: user.id,
    username: user.login,
    public_email: null,
    name: user.name,
    state: 'active',
    locked: false,
    avatar_url: null,
    // Clients warn when it does not begin with the address they use.
    web_url: `${baseUrl}/${encodeURIComponent(user.login)}`,
  };
}

export function renderUser(user: User, baseUrl: string): z.infer<typeof userSchema> {
  // Assigned, since spreading an object into one of this size is slow, and each row of a list of deployments has one.
  return Object.assign(renderUserBasic(user, baseUrl), {
    created_at: isoTime(user.createdAt),
    bio: null,
    location: null,
    linkedin: '',
    twitter: '',
    discord: '',
    skype: '',
    website_url: '',
    job_title: '',
    pronouns: null,
    organization: null,
    bot: user.kind !== 'host',
    work_information: null,
    followers: 0,
    following: 0,
    is_followed: false as const,
    local_time: null,
  });
}

export function renderOwnToken(token: Token, { actor }: Principal): z.infer<typeof ownTokenSchema> {
  return {
    id: token.id,
    name: token.name,
    revoked: false,
    created_at: isoTime(token.createdAt),
    scopes: [token.scope],
    user_id: actor.id,
    last_used_at: isoTimeOrNull(token.lastUsedAt),
    active: true,
    expires_at: token.expiresAt === null ? null : isoTime(token.expiresAt).slice(0, 10),
  };
}

export function renderCurrentUser(
  user: User,
  principal: Principal,
  baseUrl: string,
): z.infer<typeof currentUserSchema> {
  return {
    ...renderUser(user, baseUrl),
    bio: '',
    location: '',
    email: null,
    is_admin: principal.role === 'admin',
    two_factor_enabled: false,
    can_create_group: false,
    can_create_project: false,
    external: false,
    private_profile: false,
    identities: [],
    last_sign_in_at: null,
    confirmed_at: isoTime(user.createdAt),
    current_sign_in_at: null,
    projects_limit: 0,
  };
}
