/* Starts the console: asks who is signed in, then draws. */
import { render } from "preact";
import { App } from "./app";
import { textsReady } from "./i18n";
import { resume } from "./state/session";

const root = document.getElementById("console");
if (root) {
	root.textContent = "";
	textsReady().then(() => {
		render(<App />, root);
		void resume();
	}, () => { root.textContent = "暂时无法载入，请刷新页面。 Could not be loaded; reload the page."; });
}
