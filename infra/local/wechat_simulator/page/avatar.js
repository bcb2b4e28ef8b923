// A coloured square with an initial, the same one for the same name every time.

import { el } from "./dom.js";

const COLOURS = 8;

export function avatar(name, seed = name) {
  return square(`hue-${hash(seed) % COLOURS}`, personInitial(name));
}

/** The account's own: green, so that no follower is taken for it. */
export function accountAvatar(account) {
  return square("hue-account", [...(account?.name || "公")][0]);
}

function square(hue, initial) {
  return el(`span.avatar.${hue}`, { "aria-hidden": "true" }, initial);
}

/** The last character of a short Chinese name, as address books do; the first one of any other. */
function personInitial(name) {
  const characters = [...(name?.trim() || "?")];
  const isChinese = /\p{Script=Han}/u.test(name) && characters.length <= 4;
  return isChinese ? characters.at(-1) : characters[0].toUpperCase();
}

function hash(text) {
  let value = 2166136261;
  for (const character of text ?? "") value = Math.imul(value ^ character.codePointAt(0), 16777619);
  return (value ^ (value >>> 15)) >>> 0;
}
