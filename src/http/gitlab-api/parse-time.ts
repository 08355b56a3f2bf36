const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const monthName = '(?<month>[a-z]{3})[a-z]*\\.?';
/** The forms of a date, each tried on the whole text. Where day and month are both digits the day comes first. */
const dates = [
  '(?<y>\\d{4})-(?<m>\\d{1,2})-(?<d>\\d{1,2})',
  '(?<y>\\d{4})/(?<m>\\d{1,2})/(?<d>\\d{1,2})',
  '(?<y>\\d{4})(?<m>\\d{2})(?<d>\\d{2})',
  '(?<d>\\d{1,2})[/.-](?<m>\\d{1,2})[/.-](?<y>\\d{4})',
  `(?:[a-z]{3,9},? +)?${monthName} +(?<d>\\d{1,2})(?:st|nd|rd|th)?,? +(?<y>\\d{4})`,
  `(?:[a-z]{3,9},? +)?(?<d>\\d{1,2})(?:st|nd|rd|th)?[ -]+${monthName}[ -]+(?<y>\\d{4})`,
];
const clock = '(?<h>\\d{1,2}):?(?<min>\\d{2})(?::?(?<s>\\d{2})(?:[.,](?<f>\\d+))?)?';
const zone = '(?<zone>z|utc|gmt|[+-]\\d{2}(?::?\\d{2})?)';
const forms = dates.map((date) => new RegExp(`^${date}(?:(?:t| +)${clock}(?: *${zone})?)?$`, 'i'));

/**
 * A moment as people and programs write it, in milliseconds since the epoch: ISO 8601 and the like, `10/10/2021` (day
 * first), `Oct 10 2021`; the time of day may be left out, and without a zone UTC is meant. Undefined when it is no date.
 */
export function parseTime(text: string): number | undefined {
  for (const form of forms) {
    const groups = form.exec(text.trim())?.groups;
    if (groups) return toMoment(groups);
  }
  return undefined;
}

function toMoment(groups: Readonly<Record<string, string | undefined>>): number | undefined {
  const number = (name: string) => Number(groups[name] ?? 0);
  const month = groups.month === undefined ? number('m') : months.indexOf(groups.month.toLowerCase()) + 1;
  const [hour, minute, second] = [number('h'), number('min'), number('s')];
  const day = new Date(0);
  day.setUTCFullYear(number('y'), month - 1, number('d'));
  // A day that the month does not have moves the month on.
  if (month < 1 || day.getUTCMonth() !== month - 1 || day.getUTCDate() !== number('d')) return undefined;
  if (hour > 24 || minute > 59 || second > 60 || (hour === 24 && minute + second > 0)) return undefined;
  const fraction = Math.trunc(Number(`0.${groups.f ?? 0}`) * 1000);
  const offset = offsetMinutes(groups.zone);
  return day.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000 + fraction;
}

function offsetMinutes(zone: string | undefined): number {
  const parts = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  const minutes = Number(parts?.[2] ?? 0) * 60 + Number(parts?.[3] ?? 0);
  return parts?.[1] === '-' ? -minutes : minutes;
}
