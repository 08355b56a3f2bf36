/**
 * The text with a blank before each line that GitLab would carry out as a quick action, such as `/merge`, in our name and
 * with our rights. It does so inside fences too, where these are longer than three backticks or hold one of that length,
 * so that the output of a plan could make it. Carriage returns go, as GitLab drops them before it looks.
 * https://docs.gitlab.com/user/project/quick_actions/
 */
export function withoutQuickActions(text: string): string {
  return text.replaceAll('\r', '').replace(/^\/(?=[\w-]+(?:\s|$))/gm, ' /');
}
