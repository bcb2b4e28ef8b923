// Puts the page together.

import { startBottom } from "./bottom.js";
import { startChat } from "./chat.js";
import { byId } from "./dom.js";
import { startFollowers } from "./followers.js";
import { startHeader } from "./header.js";
import { chooseAtStart, followAddress } from "./selection.js";
import { startStatusBar } from "./status_bar.js";
import { store } from "./store.js";
import { listen } from "./stream.js";
import { refresh } from "./sync.js";
import { startViews } from "./views.js";
import { startWire } from "./wire.js";

startViews();
startFollowers(byId("followers"));
startStatusBar(byId("status-bar"));
startHeader(byId("chat-header"));
startChat(byId("chat"), byId("to-bottom"));
startBottom(byId("bottom"));
startWire(byId("wire"));
followAddress();

async function load() {
  store.chats.clear();
  await refresh.accounts();
  await chooseAtStart();
}

await load();
listen(load);
window.addEventListener("focus", () => Promise.all([refresh.accounts(), refresh.furniture()]));
