import "../style";
export { Definition, Definitions } from "./definition";
