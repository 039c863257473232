/* Starts the console: asks who is signed in, then draws. */
import { render } from "preact";
import { App } from "./app";
import { textsReady } from "./i18n";
import { resume } from "./state/session";

/* Few people need it, and they may switch it on while they work. */
const forced = matchMedia("(forced-colors: active)");
const dress = () => { if (forced.matches) void import("./styles/forced"); };
forced.addEventListener("change", dress);
dress();

const root = document.getElementById("console");
if (root) {
	root.textContent = "";
	textsReady().then(() => {
		render(<App />, root);
		void resume();
	}, () => { root.textContent = "暂时无法载入，请刷新页面。 Could not be loaded; reload the page."; });
}
