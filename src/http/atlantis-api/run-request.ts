import { z } from 'zod';
import type { Selection } from '../../commands/index.ts';
import { workspaceRule } from '../../repo-config/index.ts';
import { type HostType, hostTypes } from '../../vcs/index.ts';
import { decodeGoJson, goInt, goList, goQuote, goString, goStruct } from '../go-json/index.ts';

const packageName = 'controllers';
const path = goStruct(
  { package: packageName, type: 'Path' },
  { directory: goString, workspace: goString, project_name: goString },
);
const apiRequest = goStruct(
  { package: packageName, type: 'APIRequest' },
  {
    Repository: goString,
    Ref: goString,
    Type: goString,
    PR: goInt,
    Projects: goList(goString),
    Paths: goList(path),
    base_branch: goString,
  },
);

/** The body of `POST /api/plan` and `/api/apply`, for the description of the API; `readRunRequest` is what reads it. */
export const runRequestBody = z
  .object({
    Repository: z.string().min(1).describe('Full name of the repository, such as owner/name'),
    Ref: z.string().min(1).describe('Branch, tag or commit'),
    Type: z.enum(hostTypes),
    Projects: z.array(z.string()).optional().describe('Names of projects of atlantis.yaml'),
    Paths: z
      .array(
        z.object({
          Directory: z.string().optional(),
          Workspace: z.string().optional(),
          project_name: z.string().optional(),
        }),
      )
      .optional(),
    PR: z.number().int().optional().describe('Number of the pull request; absent, 0 or below: none'),
    base_branch: z.string().optional(),
  })
  .describe('Keys are matched in any letter case. At least one of Projects and Paths must select something.');

/** What a caller asks for, as far as the body alone tells. */
export type RunRequestBody = {
  readonly repository: string;
  readonly ref: string;
  readonly hostType: HostType;
  /** Null without a pull request. */
  readonly pullNumber: number | null;
  readonly selection: Selection;
  readonly baseBranch: string | null;
};

export type ReadRequest =
  | { readonly ok: true; readonly request: RunRequestBody }
  | { readonly ok: false; readonly error: string };

/** Reads the body, checking in Atlantis' order and with its texts. */
export function readRunRequest(body: Buffer): ReadRequest {
  const decoded = decodeGoJson(body, apiRequest);
  if (!decoded.ok) return refused(`failed to parse request: ${decoded.error}`);
  const { Repository, Ref, Type, PR, Projects, Paths, base_branch } = decoded.value;
  if (Repository === '' || Ref === '' || Type === '') return refused(`request ${shownBody(body)} is missing fields`);
  for (const { workspace } of Paths) {
    const reason = workspaceRule(workspace);
    if (reason !== undefined) return refused(`invalid workspace ${goQuote(workspace)}: ${reason}`);
  }
  const hostType = hostTypes.find((type) => type === Type);
  if (hostType === undefined) return refused(`${goQuote(Type)} is not a valid type`);
  return {
    ok: true,
    request: {
      repository: Repository,
      ref: Ref,
      hostType,
      pullNumber: PR > 0 ? PR : null,
      selection: { projects: Projects, paths: Paths.map(selector) },
      baseBranch: base_branch === '' ? null : base_branch,
    },
  };
}

/** Enough to recognise the request by. */
const shownBytes = 2048;

function shownBody(body: Buffer): string {
  const shown = goQuote(body.subarray(0, shownBytes));
  return body.length > shownBytes ? `${shown}...` : shown;
}

function selector(written: { directory: string; workspace: string; project_name: string }) {
  const directory = written.directory.replace(/\/+$/, '');
  return {
    ...(directory === '' ? {} : { directory }),
    ...(written.workspace === '' ? {} : { workspace: written.workspace }),
    ...(written.project_name === '' ? {} : { projectName: written.project_name }),
  };
}

function refused(error: string): ReadRequest {
  return { ok: false, error };
}
