// XML and JSON, indented and in colours.

import { el } from "./dom.js";

const XML_TOKEN = /<!\[CDATA\[[\s\S]*?\]\]>|<[^>]+>|[^<]+/g;
const JSON_TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** `data` as the text to show: JSON and XML indented, anything else as it is. */
export function tidy(data) {
  if (data === null || data === undefined) return "";
  if (typeof data !== "string") return JSON.stringify(data, null, 2);
  const text = data.trim();
  if (text.startsWith("<")) return tidyXml(text);
  if (/^[[{]/.test(text)) return tidyJson(text);
  return text;
}

export function highlight(text) {
  if (text.startsWith("<")) return paint(text, XML_TOKEN, xmlKind);
  if (/^[[{]/.test(text)) return paint(text, JSON_TOKEN, jsonKind);
  return [text];
}

function tidyJson(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function tidyXml(text) {
  let depth = 0;
  let before = "";
  let result = "";
  for (const token of text.match(XML_TOKEN)?.filter((one) => one.trim()) ?? []) {
    const kind = tagKind(token);
    if (kind === "close") depth -= 1;
    const isOwnLine = kind === "open" || kind === "single" || (kind === "close" && before !== "text" && before !== "open");
    result += isOwnLine ? `\n${"  ".repeat(Math.max(0, depth))}${token}` : token;
    if (kind === "open") depth += 1;
    before = kind;
  }
  return result.trim();
}

function tagKind(token) {
  if (!token.startsWith("<") || token.startsWith("<![")) return "text";
  if (token.startsWith("</")) return "close";
  return token.endsWith("/>") || token.startsWith("<?") || token.startsWith("<!") ? "single" : "open";
}

function xmlKind([token]) {
  if (token.startsWith("<![")) return "string";
  return token.startsWith("<") ? "tag" : "number";
}

function jsonKind([token, string, colon]) {
  if (string) return colon ? "tag" : "string";
  return /^[tfn]/.test(token) ? "word" : "number";
}

function paint(text, pattern, kindOf) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    nodes.push(text.slice(from, match.index), el(`span.hl-${kindOf(match)}`, {}, match[0]));
    from = match.index + match[0].length;
  }
  return [...nodes, text.slice(from)];
}
