/* Starts the console: asks who is signed in, then draws. */
import { render } from "preact";
import { App } from "./app";
import { resume } from "./state/session";

const root = document.getElementById("console");
if (root) {
	root.textContent = "";
	render(<App />, root);
	void resume();
}
