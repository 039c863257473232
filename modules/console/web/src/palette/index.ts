export { Palette } from "./palette";
export { ShortcutOverlay } from "../parts/shortcut_overlay";
