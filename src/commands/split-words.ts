/** The words of a line, or why it has none. The reason is for people. */
export type SplitWords =
  | { readonly kind: 'ok'; readonly words: readonly string[] }
  | { readonly kind: 'invalid'; readonly reason: string };

type State = 'between' | 'in_word' | 'in_comment' | 'in_single_quotes' | 'in_double_quotes';

/**
 * Splits a line into words with quotes, backslashes and comments, as https://pkg.go.dev/github.com/google/shlex does
 * (which knows no `$'…'`, no variables and no operators: everything else is text). Single quotes keep everything,
 * in double quotes and outside a backslash takes the next character as it is, `#` at the start of a word begins a
 * comment that lasts to the end of the line. Takes time linear in the line.
 */
export function splitWords(line: string): SplitWords {
  const words: string[] = [];
  let word = '';
  let state: State = 'between';
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === '\\' && state !== 'in_single_quotes' && state !== 'in_comment') {
      at += 1;
      if (at === line.length) return { kind: 'invalid', reason: 'EOF found after escape character' };
      word += line.charAt(at);
      if (state === 'between') state = 'in_word';
      continue;
    }
    const next = follow(state, char);
    if (next.state === 'between' && state === 'in_word') {
      words.push(word);
      word = '';
    }
    if (next.keeps) word += char;
    state = next.state;
  }
  if (state === 'in_single_quotes' || state === 'in_double_quotes') {
    return { kind: 'invalid', reason: 'EOF found when expecting closing quote' };
  }
  return { kind: 'ok', words: state === 'in_word' ? [...words, word] : words };
}

/** Where a character that nothing escapes leads, and whether it belongs to the word. */
function follow(state: State, char: string): { readonly state: State; readonly keeps: boolean } {
  switch (state) {
    case 'in_single_quotes':
      return char === "'" ? { state: 'in_word', keeps: false } : { state, keeps: true };
    case 'in_double_quotes':
      return char === '"' ? { state: 'in_word', keeps: false } : { state, keeps: true };
    case 'in_comment':
      return { state: char === '\n' ? 'between' : 'in_comment', keeps: false };
    case 'between':
    case 'in_word':
      if (/[ \t\r\n]/.test(char)) return { state: 'between', keeps: false };
      if (char === "'") return { state: 'in_single_quotes', keeps: false };
      if (char === '"') return { state: 'in_double_quotes', keeps: false };
      if (char === '#' && state === 'between') return { state: 'in_comment', keeps: false };
      return { state: 'in_word', keeps: true };
  }
}
