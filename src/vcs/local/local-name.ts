const longestName = 400;

/**
 * Whether a full name could be that of a local repository: two parts or more, none of them empty, hidden or like an
 * option. A name does not end in `.git`: the folder's ending is not part of it, or a repository would have two names.
 */
export function isLocalName(fullName: string): boolean {
  const parts = fullName.split('/');
  const isWellFormed = !/[\\\p{Cc}\p{Surrogate}]/u.test(fullName) && fullName.length <= longestName;
  return isWellFormed && parts.length >= 2 && parts.every(isPart) && !fullName.toLowerCase().endsWith('.git');
}

function isPart(part: string): boolean {
  return part !== '' && !/^[.-]/.test(part) && !part.includes('..') && part.trim() === part;
}
