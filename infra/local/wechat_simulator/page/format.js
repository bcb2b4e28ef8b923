// Times as WeChat writes them (Asia/Shanghai), and other small wordings.

const HOUR = 3600_000;
const DAY = 24 * HOUR;
const WEEKDAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];

const two = (number) => String(number).padStart(2, "0");

/** Milliseconds of an ISO text, or of epoch seconds. */
export function toMillis(at) {
  if (typeof at === "number") return at < 1e11 ? at * 1000 : at;
  return at ? Date.parse(at) : Number.NaN;
}

/** A moment on the wall in Shanghai, which has had no summer time since 1991. */
export function shanghai(millis) {
  const wall = new Date(millis + 8 * HOUR);
  return {
    year: wall.getUTCFullYear(),
    month: wall.getUTCMonth() + 1,
    day: wall.getUTCDate(),
    weekday: WEEKDAYS[wall.getUTCDay()],
    time: `${two(wall.getUTCHours())}:${two(wall.getUTCMinutes())}`,
    seconds: two(wall.getUTCSeconds()),
    dayNumber: Math.floor((millis + 8 * HOUR) / DAY),
  };
}

/** The time above a bubble: 14:05, 昨天 14:05, 星期三 14:05, 3月2日 14:05. */
export function chatTime(millis, now) {
  const then = shanghai(millis);
  return [dayWords(then, shanghai(now)), then.time].filter(Boolean).join(" ");
}

/** The time in the list of followers, shorter. */
export function listTime(millis, now) {
  const then = shanghai(millis);
  return dayWords(then, shanghai(now)) || then.time;
}

export function fullTime(millis) {
  const { year, month, day, time, seconds } = shanghai(millis);
  return `${year}-${two(month)}-${two(day)} ${time}:${seconds}`;
}

export function wireTime(millis) {
  const { time, seconds } = shanghai(millis);
  return `${time}:${seconds}`;
}

/** Nine in the morning of the next day in Shanghai, as ISO text. */
export function tomorrowAtNine(now) {
  return new Date((shanghai(now).dayNumber + 1) * DAY + 9 * HOUR - 8 * HOUR).toISOString();
}

export function latency(seconds) {
  if (seconds === undefined || seconds === null) return "";
  if (seconds < 0.001) return "<1 ms";
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}

/** How long something still lasts: 3 天 4 小时, 12 分钟. */
export function remaining(millis) {
  if (millis <= 0) return "已过期";
  const minutes = Math.ceil(millis / 60_000);
  if (minutes < 60) return `${minutes} 分钟`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} 小时 ${minutes % 60} 分钟`;
  return `${Math.floor(hours / 24)} 天 ${hours % 24} 小时`;
}

function dayWords(then, today) {
  const ago = today.dayNumber - then.dayNumber;
  if (ago === 0) return "";
  if (ago === 1) return "昨天";
  if (ago > 1 && ago < 7) return then.weekday;
  const date = `${then.month}月${then.day}日`;
  return then.year === today.year ? date : `${then.year}年${date}`;
}
