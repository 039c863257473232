export { Definition, Definitions } from "./definition";
