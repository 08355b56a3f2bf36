/** Markup that is safe to put into a page. */
export type Html = { readonly markup: string };

type Part = string | number | Html | readonly Html[];

/** A template whose values are escaped, for text and for attributes in double quotes, unless they are markup already. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  const parts = strings.map((text, index) => text + markupOf(values[index] ?? ''));
  return { markup: parts.join('') };
}

function markupOf(value: Part): string {
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value));
  return 'markup' in value ? value.markup : value.map((item) => item.markup).join('');
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}
