import "../style.css";
export { Definition, Definitions } from "./definition";
