const mark = '<!--- +-Superseded Command-+ --->';

export function isSuperseded(body: string): boolean {
  return body.startsWith(mark);
}

/**
 * A comment of ours with its text folded away, for hosts that cannot hide one: a newer comment takes its place. The end of
 * a text that leaves no room in `maxLength` is cut off. Users and their tools know the mark and the words from Atlantis:
 * https://www.runatlantis.io/docs/server-configuration#hide-prev-plan-comments
 */
export function superseded(body: string, maxLength = Number.POSITIVE_INFINITY): string {
  const start = `${mark}<details><summary>Superseded Atlantis ${titleOf(body)}</summary>\n`;
  const end = '\n</details>';
  return `${start}${body.slice(0, maxLength - start.length - end.length)}${end}`;
}

/** The command that a comment of ours is about, as its first words say it. */
function titleOf(body: string): string {
  const [, title] = /^(?:Ran|Continued) ([A-Za-z_ ]{1,40}?) (?:for|output) /.exec(body) ?? [];
  return title === undefined ? 'Comment' : title.charAt(0).toUpperCase() + title.slice(1);
}
